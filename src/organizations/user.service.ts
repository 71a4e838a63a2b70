import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';

import { AuditTrail } from '../audit';
import { conflict, invalidField, notFound, type Principal } from '../common';
import { type ExpectedVersion, requireVersion, tagged } from '../http';
import { inTransaction } from '../persistence';
import { findAccount } from './accounts';
import type { Caller } from './caller';
import { OneTimeTokens } from './one-time-tokens';
import { hashPassword, isPassword } from './password';
import { lockRow } from './row-lock';
import { SessionService } from './session.service';
import type { UpdateUserDto, UserView } from './user.dto';
import { User } from './user.entity';
import { recordEverywhere } from './user-events';

/** What people do with their own account, deleting it aside. */
@Injectable()
export class UserService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditTrail,
    private readonly sessions: SessionService,
    private readonly oneTimeTokens: OneTimeTokens,
  ) {}

  async get({ id }: Principal): Promise<UserView> {
    return viewOf(await this.row(this.database.manager, id));
  }

  /** @throws Problem `precondition_failed` */
  async update({ principal: { id }, actor }: Caller, { name }: UpdateUserDto, expected: ExpectedVersion): Promise<UserView> {
    return inTransaction(this.database, async (manager) => {
      await lockRow(manager, User, { id, deletedAt: IsNull() });
      const before = await this.row(manager, id);
      requireVersion(expected, before.version);
      const after = { ...before, name: name ?? before.name, version: before.version + 1 };
      await manager.update(User, { id, version: before.version }, { name: after.name, version: after.version });
      const personal = { nameBefore: before.name, nameAfter: after.name };
      await recordEverywhere(manager, this.audit, id, { actor, action: 'user.updated', personal });
      return viewOf(after);
    });
  }

  /**
   * Ends every other session of the person, and every link that would have changed the password.
   * @throws Problem `validation_failed` for a wrong current password; `conflict` where another change was first
   */
  async changePassword({ principal, actor }: Caller, currentPassword: string, newPassword: string): Promise<void> {
    const { id, sessionId } = principal;
    const account = await this.requirePassword(id, '/currentPassword', currentPassword);
    const passwordHash = await hashPassword(newPassword);
    await inTransaction(this.database, async (manager) => {
      const unchanged = { id, passwordHash: account.passwordHash, deletedAt: IsNull() };
      const { affected } = await manager.update(User, unchanged, { passwordHash, version: () => 'version + 1' });
      if (affected !== 1) throw conflict('The password was changed at the same moment');
      await this.sessions.endAll(manager, { userId: id, id: Not(sessionId!) }, 'password_changed');
      await this.oneTimeTokens.void(manager, id);
      await recordEverywhere(manager, this.audit, id, { actor, action: 'user.password_changed' });
    });
  }

  /** @throws Problem `validation_failed`, naming the field */
  async requirePassword(id: string, pointer: string, password: string): Promise<User> {
    const account = await findAccount(this.database.manager, { id });
    if (!(await isPassword(account?.passwordHash, password))) throw invalidField(pointer, 'is not your password');
    return account!;
  }

  private async row(manager: EntityManager, id: string): Promise<User> {
    const user = await manager.findOneBy(User, { id, deletedAt: IsNull() });
    if (!user) throw notFound();
    return user;
  }
}

function viewOf({ id, email, name, operator, createdAt, version }: User): UserView {
  return tagged({ id, email: email ?? '', name, operator: operator === true, createdAt }, version);
}

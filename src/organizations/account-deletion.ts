import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In } from 'typeorm';

import { AuditTrail, PersonalErasure } from '../audit';
import { type Clock, CLOCK, conflict } from '../common';
import { inTransaction } from '../persistence';
import { isStillAccount } from './accounts';
import { OWNER_ROLE } from './built-in-roles';
import type { Caller } from './caller';
import { Invitation } from './invitation.entity';
import { Membership } from './membership.entity';
import { lockOrganization, placesOf, requireAnotherOwner } from './memberships';
import { ON_OWNER_REMOVED, type OnOwnerRemoved } from './on-owner-removed';
import { OneTimeTokens } from './one-time-tokens';
import { scopesOfRole } from './role-scopes';
import { SessionService } from './session.service';
import { User } from './user.entity';
import { recordIn } from './user-events';
import { UserService } from './user.service';

/** Deletes a person's own account: keys, places, sessions and whatever tells who it was. The id stays in the records. */
@Injectable()
export class AccountDeletion {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly personal: PersonalErasure,
    private readonly users: UserService,
    private readonly sessions: SessionService,
    private readonly oneTimeTokens: OneTimeTokens,
    @Inject(ON_OWNER_REMOVED) private readonly keys: OnOwnerRemoved,
  ) {}

  /**
   * @throws Problem `validation_failed` for a wrong password; `conflict` for the last owner of an organization and for the operator
   */
  async delete({ principal, actor }: Caller, password: string): Promise<void> {
    const account = await this.users.requirePassword(principal.id, '/password', password);
    await inTransaction(this.database, async (manager) => {
      if (!(await isStillAccount(manager, account))) throw conflict('The account was changed at the same moment');
      if (account.operator === true) throw conflict('This account runs the installation and cannot be deleted');
      const organizationIds = await this.removeFromPlaces(manager, { principal, actor });
      await this.sessions.endAll(manager, { userId: account.id }, 'user_deleted');
      await this.oneTimeTokens.void(manager, account.id);
      await manager.delete(Membership, { userId: account.id });
      await this.erase(manager, account);
      // What the records tell of the person goes, too; the last events have no address of theirs any more.
      const nobody = { ...actor, ip: null };
      const accepted = await this.personal.erasePerson(manager, nobody, account.id);
      if (accepted.length > 0) await manager.delete(Invitation, { id: In(accepted) });
      await recordIn(manager, this.audit, organizationIds, account.id, { actor: nobody, action: 'user.deleted' });
    });
  }

  private async removeFromPlaces(manager: EntityManager, { principal: { id }, actor }: Caller): Promise<string[]> {
    const organizationIds = (await placesOf(manager, id)).map(({ organizationId }) => organizationId).toSorted();
    for (const organizationId of organizationIds) await lockOrganization(manager, organizationId);
    for (const organizationId of organizationIds) {
      // Read again under the lock: a role may have changed while we waited for it.
      const membership = await manager.findOneBy(Membership, { organizationId, userId: id });
      if (!membership) continue;
      if (membership.role === OWNER_ROLE) await requireAnotherOwner(manager, organizationId);
      const lastScopes = await scopesOfRole(manager, organizationId, membership.role);
      await this.keys.ownerRemoved(manager, { organizationId, owner: { type: 'user', id }, actor, lastScopes, alwaysRevoke: true });
    }
    return organizationIds;
  }

  private async erase(manager: EntityManager, { id, version }: User): Promise<void> {
    const nobody = { email: null, emailFolded: null, name: '', passwordHash: '' };
    await manager.update(User, { id }, { ...nobody, deletedAt: this.clock.now(), version: version + 1 });
  }
}

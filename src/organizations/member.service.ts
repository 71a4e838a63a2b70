import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, LessThan } from 'typeorm';

import { AuditTrail } from '../audit';
import { notFound, type Page, PageCursors, type Principal } from '../common';
import { type ExpectedVersion, type PageQueryDto, requireVersion, tagged } from '../http';
import { requireHeld } from '../permissions';
import { inTransaction } from '../persistence';
import { OWNER_ROLE } from './built-in-roles';
import type { Caller } from './caller';
import type { MemberView } from './member.dto';
import { Membership } from './membership.entity';
import { lockOrganization, requireAnotherOwner, requireOperatorKeepsPlace } from './memberships';
import { ON_OWNER_REMOVED, type OnOwnerRemoved } from './on-owner-removed';
import { requireGrantable, scopesOfRole } from './role-scopes';
import { SessionService } from './session.service';
import { User } from './user.entity';

/** The people of an organization. Nobody touches a member who may do more than they. */
@Injectable()
export class MemberService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditTrail,
    private readonly cursors: PageCursors,
    private readonly sessions: SessionService,
    @Inject(ON_OWNER_REMOVED) private readonly keys: OnOwnerRemoved,
  ) {}

  async list({ organizationId }: Principal, page: PageQueryDto): Promise<Page<MemberView>> {
    const { manager } = this.database;
    const audience = `members:${organizationId}`;
    const rows = await this.newestMembers(manager, organizationId, audience, page);
    const users = await manager.findBy(User, { id: In(rows.map(({ userId }) => userId)) });
    const byId = new Map(users.map((user) => [user.id, user]));
    return this.cursors.page(
      audience,
      rows,
      page.limit,
      ({ createdAt, userId }) => [createdAt.getTime(), userId],
      (row) => viewOf(row, byId.get(row.userId)!),
    );
  }

  /** @throws Problem `not_found` */
  async get({ organizationId }: Principal, userId: string): Promise<MemberView> {
    const { manager } = this.database;
    return viewOf(await this.row(manager, organizationId, userId), await manager.findOneByOrFail(User, { id: userId }));
  }

  /** @throws Problem `not_found`, `precondition_failed`, `scope_exceeds_grantor`, `conflict` for the last owner */
  async changeRole({ principal, actor }: Caller, userId: string, role: string, expected: ExpectedVersion): Promise<MemberView> {
    const { organizationId } = principal;
    return inTransaction(this.database, async (manager) => {
      await requireGrantable(manager, principal, role);
      const before = await this.lock(manager, principal, userId, expected);
      if (before.role === OWNER_ROLE && role !== OWNER_ROLE) await requireAnotherOwner(manager, organizationId);
      const after = { ...before, role, version: before.version + 1 };
      await manager.update(Membership, { organizationId, userId, version: before.version }, { role, version: after.version });
      await this.audit.record(manager, {
        organizationId,
        actor,
        action: 'member.role_changed',
        target: { type: 'user', id: userId },
        before: { role: before.role },
        after: { role },
      });
      return viewOf(after, await manager.findOneByOrFail(User, { id: userId }));
    });
  }

  /** @throws Problem `not_found`, `precondition_failed`, `scope_exceeds_grantor`, `conflict` for the last owner */
  async remove({ principal, actor }: Caller, userId: string, expected: ExpectedVersion): Promise<void> {
    const { organizationId } = principal;
    await inTransaction(this.database, async (manager) => {
      const { role, version } = await this.lock(manager, principal, userId, expected);
      if (role === OWNER_ROLE) await requireAnotherOwner(manager, organizationId);
      await requireOperatorKeepsPlace(manager, organizationId, userId);
      const lastScopes = await scopesOfRole(manager, organizationId, role);
      await manager.delete(Membership, { organizationId, userId, version });
      await this.sessions.endAll(manager, { organizationId, userId }, 'member_removed');
      await this.keys.ownerRemoved(manager, {
        organizationId,
        owner: { type: 'user', id: userId },
        actor,
        lastScopes,
        alwaysRevoke: false,
      });
      await this.audit.record(manager, {
        organizationId,
        actor,
        action: 'member.removed',
        target: { type: 'user', id: userId },
        before: { role },
      });
    });
  }

  /** Under the organization's lock, so that nobody else's role changes while the owners are counted. */
  private async lock(manager: EntityManager, principal: Principal, userId: string, expected: ExpectedVersion): Promise<Membership> {
    const { organizationId } = principal;
    await lockOrganization(manager, organizationId);
    const membership = await this.row(manager, organizationId, userId);
    requireVersion(expected, membership.version);
    requireHeld(principal, await scopesOfRole(manager, organizationId, membership.role));
    return membership;
  }

  private async row(manager: EntityManager, organizationId: string, userId: string): Promise<Membership> {
    const membership = await manager.findOneBy(Membership, { organizationId, userId });
    if (!membership) throw notFound();
    return membership;
  }

  private async newestMembers(manager: EntityManager, organizationId: string, audience: string, page: PageQueryDto): Promise<Membership[]> {
    const [at, id] = page.cursor === undefined ? [] : this.cursors.read(audience, page.cursor);
    const createdAt = at === undefined ? undefined : new Date(at);
    return manager.find(Membership, {
      where: createdAt
        ? [
            { organizationId, createdAt: LessThan(createdAt) },
            { organizationId, createdAt, userId: LessThan(String(id)) },
          ]
        : { organizationId },
      order: { createdAt: 'DESC', userId: 'DESC' },
      take: page.limit + 1,
    });
  }
}

function viewOf({ userId, role, createdAt, version }: Membership, { email, name }: User): MemberView {
  return tagged({ userId, email: email ?? '', name, role, createdAt }, version);
}

import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, notFound, type Page, PageCursors, type Principal, Problem, PROBLEMS } from '../common';
import { type ExpectedVersion, type PageQueryDto, requireVersion, tagged } from '../http';
import { covers } from '../permissions';
import { inTransaction } from '../persistence';
import type { Caller } from './caller';
import { Membership } from './membership.entity';
import { lockOrganization, requireOperatorKeepsPlace } from './memberships';
import { newestFirst, positionOf } from './newest-first';
import { auditedPart, changesOf } from './organization-changes';
import { limitOf } from './organization-limits';
import type { OrganizationSummaryView, OrganizationView, UpdateOrganizationDto } from './organization.dto';
import { Organization } from './organization.entity';
import { foundOrganization } from './organization-founding';
import { scopesOfRole } from './role-scopes';
import { SessionService } from './session.service';
import { OPERATOR_SCOPES } from './session-standing';

/** What the caller is in an organization, which need not be the one they are signed in to. */
interface Standing {
  readonly role: string | null;
  readonly scopes: readonly string[];
}

/** The organizations of the caller. Whatever is not theirs does not exist. */
@Injectable()
export class OrganizationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly cursors: PageCursors,
    private readonly sessions: SessionService,
  ) {}

  /** @throws Problem `forbidden` to everybody but the operator */
  async create({ principal, actor }: Caller, name: string): Promise<OrganizationView> {
    if (!principal.operator) throw new Problem('forbidden');
    return inTransaction(this.database, async (manager) => {
      const organization = await foundOrganization(manager, name, principal.id, this.clock.now());
      const { id } = organization;
      const target = { type: 'organization', id };
      await this.audit.record(manager, { organizationId: id, actor, action: 'organization.created', target, after: { name } });
      return viewOf(organization, 'owner');
    });
  }

  /** A person's organizations; all of them for the operator, the key's own for a key. */
  async list(principal: Principal, page: PageQueryDto): Promise<Page<OrganizationSummaryView>> {
    const { manager } = this.database;
    const audience = `organizations:${principal.id}`;
    const roles = await this.rolesOf(manager, principal);
    const among = principal.operator ? {} : { id: In(principal.type === 'user' ? [...roles.keys()] : [principal.organizationId]) };
    const rows = await newestFirst(manager, Organization, { ...among, deletedAt: IsNull() }, this.cursors, audience, page);
    return this.cursors.page(audience, rows, page.limit, positionOf, (row) => summaryOf(row, roles.get(row.id) ?? null));
  }

  /** @throws Problem `not_found`, `insufficient_scope` */
  async get(principal: Principal, id: string): Promise<OrganizationView> {
    const { organization, role } = await this.open(this.database.manager, principal, id, 'organization.read');
    return viewOf(organization, role);
  }

  /** @throws Problem `not_found`, `insufficient_scope`, `forbidden` for a status by anybody but the operator, `precondition_failed` */
  async update({ principal, actor }: Caller, id: string, dto: UpdateOrganizationDto, expected: ExpectedVersion): Promise<OrganizationView> {
    const { status, ...options } = dto;
    const touchesOptions = Object.values(options).some((value) => value !== undefined);
    return inTransaction(this.database, async (manager) => {
      await lockOrganization(manager, id);
      const needed = touchesOptions ? 'organization.update' : 'organization.read';
      const { organization: before, role } = await this.open(manager, principal, id, needed);
      if (status !== undefined && !principal.operator) throw new Problem('forbidden');
      requireVersion(expected, before.version);
      const after = { ...before, ...changesOf(before, dto, this.clock.now()), version: before.version + 1 };
      await manager.update(Organization, { id, version: before.version }, after);
      const target = { type: 'organization', id };
      const states = { before: auditedPart(before), after: auditedPart(after) };
      await this.audit.record(manager, { organizationId: id, actor, action: actionOf(before, after), target, ...states });
      return viewOf(after, role);
    });
  }

  /** Ends the organization for everybody in it. Its logs and audit events stay. */
  async delete({ principal, actor }: Caller, id: string, expected: ExpectedVersion): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      await lockOrganization(manager, id);
      const { organization } = await this.open(manager, principal, id, 'organization.delete');
      requireVersion(expected, organization.version);
      await requireOperatorKeepsPlace(manager, id);
      const version = organization.version + 1;
      await manager.update(Organization, { id, version: organization.version }, { deletedAt: this.clock.now(), version });
      await this.sessions.endAll(manager, { organizationId: id }, 'organization_deleted');
      await this.audit.record(manager, { organizationId: id, actor, action: 'organization.deleted', target: { type: 'organization', id } });
    });
  }

  /**
   * The organization, for somebody who may do this there.
   * @throws Problem `not_found` to strangers, `organization_suspended`, `insufficient_scope`
   */
  private async open(
    manager: EntityManager,
    principal: Principal,
    id: string,
    scope: string,
  ): Promise<{ organization: Organization; role: string | null }> {
    const organization = await manager.findOneBy(Organization, { id, deletedAt: IsNull() });
    const standing = organization && (await this.standing(manager, principal, id));
    if (!standing) throw notFound();
    if (organization.status === 'suspended' && !principal.operator) throw new Problem('organization_suspended');
    if (!covers(standing.scopes, scope)) {
      throw new Problem('insufficient_scope', { requiredScopes: [scope] }, `${PROBLEMS.insufficient_scope.message}: requires ${scope}`);
    }
    return { organization, role: standing.role };
  }

  private async standing(manager: EntityManager, principal: Principal, id: string): Promise<Standing | undefined> {
    if (principal.type === 'api_key') return id === principal.organizationId ? { role: null, scopes: principal.scopes } : undefined;
    const membership = await manager.findOneBy(Membership, { organizationId: id, userId: principal.id });
    if (!membership && !principal.operator) return undefined;
    const role = membership?.role ?? null;
    const ofRole = role === null ? [] : await scopesOfRole(manager, id, role);
    return { role, scopes: principal.operator ? [...ofRole, ...OPERATOR_SCOPES] : ofRole };
  }

  private async rolesOf(manager: EntityManager, { type, id: userId }: Principal): Promise<Map<string, string>> {
    const memberships = type === 'user' ? await manager.findBy(Membership, { userId }) : [];
    return new Map(memberships.map(({ organizationId, role }) => [organizationId, role]));
  }
}

function actionOf(before: Organization, after: Organization): string {
  if (before.status === after.status) return 'organization.updated';
  return after.status === 'suspended' ? 'organization.suspended' : 'organization.restored';
}

const summaryOf = ({ id, name, status, createdAt }: Organization, role: string | null): OrganizationSummaryView => ({
  id,
  name,
  status,
  role,
  createdAt,
});

function viewOf(organization: Organization, role: string | null): OrganizationView {
  const view: OrganizationView = {
    ...summaryOf(organization, role),
    suspendedAt: organization.suspendedAt,
    callLogRetentionDays: organization.callLogRetentionDays,
    usageRetentionDays: organization.usageRetentionDays,
    maxKeyLifetimeSeconds: organization.maxKeyLifetimeSeconds,
    keyExpiryRequired: organization.keyExpiryRequired,
    keyAllowlistRequired: organization.keyAllowlistRequired,
    defaultRateLimit: limitOf(organization.defaultRateLimit, organization.defaultRateLimitWindowSeconds),
    rateLimit: limitOf(organization.rateLimit, organization.rateLimitWindowSeconds),
  };
  return tagged(view, organization.version);
}

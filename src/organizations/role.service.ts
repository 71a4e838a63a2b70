import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, newId } from '../common';
import { type ExpectedVersion, requireVersion } from '../http';
import { compactScopes, requireHeld, ScopeCatalog } from '../permissions';
import { inTransaction } from '../persistence';
import { builtInRole } from './built-in-roles';
import type { Caller } from './caller';
import { refusingDuplicates } from './duplicates';
import { fold } from './fold';
import { Invitation } from './invitation.entity';
import { Membership } from './membership.entity';
import type { CreateRoleDto, RoleView, UpdateRoleDto } from './role.dto';
import { Role } from './role.entity';
import { RoleList, roleView } from './role-list';
import { lockRow } from './row-lock';
import { ServiceAccount } from './service-account.entity';

const NAME_IS_TAKEN = 'There is a role of this name already';

/** Makes and changes the roles of an organization. Nobody writes a scope that they do not hold, nor touches a role that can do more. */
@Injectable()
export class RoleService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly catalog: ScopeCatalog,
    private readonly roles: RoleList,
  ) {}

  /** @throws Problem `unknown_scope`, `scope_exceeds_grantor`, `conflict` */
  async create({ principal, actor }: Caller, dto: CreateRoleDto): Promise<RoleView> {
    const { organizationId } = principal;
    const scopes = this.requireWritable(principal, dto.scopes);
    requireFreeName(dto.name);
    const createdAt = this.clock.now();
    const role: Role = {
      id: newId('rol', createdAt),
      organizationId,
      name: dto.name,
      nameFolded: fold(dto.name),
      description: dto.description ?? '',
      scopes,
      createdAt,
      deletedAt: null,
      version: 1,
    };
    return refusingDuplicates(NAME_IS_TAKEN, () =>
      inTransaction(this.database, async (manager) => {
        await manager.insert(Role, role);
        const target = { type: 'role', id: role.id };
        await this.audit.record(manager, { organizationId, actor, action: 'role.created', target, after: auditedPart(role) });
        return roleView(role);
      }),
    );
  }

  /** @throws Problem `not_found`, `precondition_failed`, and what `create` throws */
  async update({ principal, actor }: Caller, id: string, dto: UpdateRoleDto, expected: ExpectedVersion): Promise<RoleView> {
    const { organizationId } = principal;
    const scopes = dto.scopes && this.requireWritable(principal, dto.scopes);
    if (dto.name !== undefined) requireFreeName(dto.name);
    return refusingDuplicates(NAME_IS_TAKEN, () =>
      inTransaction(this.database, async (manager) => {
        const before = await this.lock(manager, organizationId, id, expected);
        requireHeld(principal, before.scopes);
        const name = dto.name ?? before.name;
        const after: Role = {
          ...before,
          name,
          nameFolded: fold(name),
          description: dto.description ?? before.description,
          scopes: scopes ?? before.scopes,
          version: before.version + 1,
        };
        await manager.update(Role, { id, organizationId, version: before.version }, after);
        const states = { before: auditedPart(before), after: auditedPart(after) };
        await this.audit.record(manager, { organizationId, actor, action: 'role.updated', target: { type: 'role', id }, ...states });
        return roleView(after);
      }),
    );
  }

  /** @throws Problem `not_found`, `precondition_failed`, `scope_exceeds_grantor`, `conflict` for a role that somebody has */
  async delete({ principal, actor }: Caller, id: string, expected: ExpectedVersion): Promise<void> {
    const { organizationId } = principal;
    await inTransaction(this.database, async (manager) => {
      const before = await this.lock(manager, organizationId, id, expected);
      requireHeld(principal, before.scopes);
      if (await this.isInUse(manager, before)) throw conflict('Somebody still has this role: give them another one first');
      const gone = { deletedAt: this.clock.now(), nameFolded: null, version: before.version + 1 };
      await manager.update(Role, { id, organizationId, version: before.version }, gone);
      const target = { type: 'role', id };
      await this.audit.record(manager, { organizationId, actor, action: 'role.deleted', target, before: auditedPart(before) });
    });
  }

  private requireWritable(principal: Caller['principal'], patterns: readonly string[]): string[] {
    const scopes = compactScopes(patterns);
    this.catalog.requireKnown(scopes);
    requireHeld(principal, scopes);
    return scopes;
  }

  /** Whoever gives somebody this role takes the same lock first. */
  private async lock(manager: EntityManager, organizationId: string, id: string, expected: ExpectedVersion): Promise<Role> {
    await lockRow(manager, Role, { id, organizationId, deletedAt: IsNull() });
    const role = await this.roles.row(manager, organizationId, id);
    requireVersion(expected, role.version);
    return role;
  }

  private async isInUse(manager: EntityManager, { id: role, organizationId }: Role): Promise<boolean> {
    const open = { acceptedAt: IsNull(), revokedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    return (
      (await manager.existsBy(Membership, { organizationId, role })) ||
      (await manager.existsBy(ServiceAccount, { organizationId, role, deletedAt: IsNull() })) ||
      (await manager.existsBy(Invitation, { organizationId, role, ...open }))
    );
  }
}

/** Built-in roles are named, not numbered; another of that name would be taken for one. */
function requireFreeName(name: string): void {
  if (builtInRole(fold(name.trim()))) throw conflict(NAME_IS_TAKEN);
}

const auditedPart = ({ name, description, scopes }: Role): object => ({ name, description, scopes });

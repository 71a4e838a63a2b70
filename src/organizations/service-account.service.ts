import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, newId, notFound, type Page, PageCursors, type Principal } from '../common';
import { type ExpectedVersion, type PageQueryDto, requireVersion, tagged } from '../http';
import { requireHeld } from '../permissions';
import { inTransaction } from '../persistence';
import type { Caller } from './caller';
import { refusingDuplicates } from './duplicates';
import { fold } from './fold';
import { newestFirst, positionOf } from './newest-first';
import { ON_OWNER_REMOVED, type OnOwnerRemoved } from './on-owner-removed';
import { requireGrantable, scopesOfRole } from './role-scopes';
import { lockRow } from './row-lock';
import type { CreateServiceAccountDto, ServiceAccountView, UpdateServiceAccountDto } from './service-account.dto';
import { ServiceAccount } from './service-account.entity';

const NAME_IS_TAKEN = 'There is a service account of this name already';

/** Owners of keys that outlive people. Nobody touches one that may do more than they. */
@Injectable()
export class ServiceAccountService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly cursors: PageCursors,
    @Inject(ON_OWNER_REMOVED) private readonly keys: OnOwnerRemoved,
  ) {}

  async list({ organizationId }: Principal, page: PageQueryDto): Promise<Page<ServiceAccountView>> {
    const audience = `service-accounts:${organizationId}`;
    const where = { organizationId, deletedAt: IsNull() };
    const rows = await newestFirst(this.database.manager, ServiceAccount, where, this.cursors, audience, page);
    return this.cursors.page(audience, rows, page.limit, positionOf, viewOf);
  }

  /** @throws Problem `not_found` */
  async get({ organizationId }: Principal, id: string): Promise<ServiceAccountView> {
    return viewOf(await this.row(this.database.manager, organizationId, id));
  }

  /** @throws Problem `scope_exceeds_grantor`, `conflict` */
  async create({ principal, actor }: Caller, dto: CreateServiceAccountDto): Promise<ServiceAccountView> {
    const { organizationId } = principal;
    const createdAt = this.clock.now();
    const account: ServiceAccount = {
      id: newId('sva', createdAt),
      organizationId,
      name: dto.name,
      nameFolded: fold(dto.name),
      description: dto.description ?? '',
      role: dto.role,
      disabledAt: null,
      deletedAt: null,
      createdBy: principal.id,
      createdAt,
      version: 1,
    };
    return refusingDuplicates(NAME_IS_TAKEN, () =>
      inTransaction(this.database, async (manager) => {
        await requireGrantable(manager, principal, dto.role);
        await manager.insert(ServiceAccount, account);
        const target = { type: 'service_account', id: account.id };
        await this.audit.record(manager, { organizationId, actor, action: 'service_account.created', target, after: auditedPart(account) });
        return viewOf(account);
      }),
    );
  }

  /** @throws Problem `not_found`, `precondition_failed`, `scope_exceeds_grantor`, `conflict` */
  async update(
    { principal, actor }: Caller,
    id: string,
    dto: UpdateServiceAccountDto,
    expected: ExpectedVersion,
  ): Promise<ServiceAccountView> {
    const { organizationId } = principal;
    return refusingDuplicates(NAME_IS_TAKEN, () =>
      inTransaction(this.database, async (manager) => {
        if (dto.role !== undefined) await requireGrantable(manager, principal, dto.role);
        const before = await this.lock(manager, principal, id, expected);
        const after = changed(before, dto, this.clock.now());
        await manager.update(ServiceAccount, { id, organizationId, version: before.version }, after);
        const target = { type: 'service_account', id };
        const states = { before: auditedPart(before), after: auditedPart(after) };
        await this.audit.record(manager, { organizationId, actor, action: 'service_account.updated', target, ...states });
        return viewOf(after);
      }),
    );
  }

  /** @throws Problem `not_found`, `precondition_failed`, `scope_exceeds_grantor` */
  async delete({ principal, actor }: Caller, id: string, expected: ExpectedVersion): Promise<void> {
    const { organizationId } = principal;
    await inTransaction(this.database, async (manager) => {
      const before = await this.lock(manager, principal, id, expected);
      const lastScopes = await scopesOfRole(manager, organizationId, before.role);
      const gone = { deletedAt: this.clock.now(), nameFolded: null, version: before.version + 1 };
      await manager.update(ServiceAccount, { id, organizationId, version: before.version }, gone);
      await this.keys.ownerRemoved(manager, {
        organizationId,
        owner: { type: 'service_account', id },
        actor,
        lastScopes,
        alwaysRevoke: false,
      });
      const target = { type: 'service_account', id };
      await this.audit.record(manager, { organizationId, actor, action: 'service_account.deleted', target, before: auditedPart(before) });
    });
  }

  private async lock(manager: EntityManager, principal: Principal, id: string, expected: ExpectedVersion): Promise<ServiceAccount> {
    const { organizationId } = principal;
    await lockRow(manager, ServiceAccount, { id, organizationId, deletedAt: IsNull() });
    const account = await this.row(manager, organizationId, id);
    requireVersion(expected, account.version);
    requireHeld(principal, await scopesOfRole(manager, organizationId, account.role));
    return account;
  }

  private async row(manager: EntityManager, organizationId: string, id: string): Promise<ServiceAccount> {
    const account = await manager.findOneBy(ServiceAccount, { id, organizationId, deletedAt: IsNull() });
    if (!account) throw notFound();
    return account;
  }
}

function changed(before: ServiceAccount, { name, description, role, disabled }: UpdateServiceAccountDto, now: Date): ServiceAccount {
  const newName = name ?? before.name;
  return {
    ...before,
    name: newName,
    nameFolded: fold(newName),
    description: description ?? before.description,
    role: role ?? before.role,
    disabledAt: (disabled ?? before.disabledAt !== null) ? (before.disabledAt ?? now) : null,
    version: before.version + 1,
  };
}

function viewOf({ id, name, description, role, disabledAt, createdAt, createdBy, version }: ServiceAccount): ServiceAccountView {
  return tagged({ id, name, description, role, disabled: disabledAt !== null, disabledAt, createdAt, createdBy }, version);
}

const auditedPart = ({ name, description, role, disabledAt }: ServiceAccount): object => ({
  name,
  description,
  role,
  disabled: disabledAt !== null,
});

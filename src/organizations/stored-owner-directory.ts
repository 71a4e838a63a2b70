import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull } from 'typeorm';

import { notFound, type Owner } from '../common';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';
import { limitOf } from './organization-limits';
import type { KeyPolicy, OwnerDirectory, OwnerStanding } from './owner-directory';
import { scopesOfRole } from './role-scopes';
import { lockRow } from './row-lock';
import { ServiceAccount } from './service-account.entity';
import { storedStanding } from './standing-join';
import { User } from './user.entity';

type Share = Pick<OwnerStanding, 'isActive' | 'scopes' | 'userId'>;

const NOBODY: Share = { isActive: false, scopes: [], userId: null };

/** Owners of keys as the service's own tables know them. Not to be asked inside a transaction. */
@Injectable()
export class StoredOwnerDirectory implements OwnerDirectory {
  readonly join = storedStanding;

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async standing(organizationId: string, owner: Owner): Promise<OwnerStanding> {
    const { manager } = this.database;
    const organization = await manager.findOneBy(Organization, { id: organizationId });
    const organizationStatus = !organization || organization.deletedAt !== null ? 'deleted' : organization.status;
    const organizationLimit = organization && limitOf(organization.rateLimit, organization.rateLimitWindowSeconds);
    return { organizationStatus, organizationLimit, ...(await shareOf(manager, organizationId, owner)) };
  }

  async standsOn(organizationId: string, { type, id }: Owner): Promise<string[]> {
    const { manager } = this.database;
    if (type === 'organization') return [organizationId];
    const holder =
      type === 'user'
        ? await manager.findOneBy(Membership, { organizationId, userId: id })
        : await manager.findOneBy(ServiceAccount, { id, organizationId });
    return [organizationId, id, ...(holder ? [holder.role] : [])];
  }

  async hold(manager: EntityManager, organizationId: string, { type, id }: Owner): Promise<boolean> {
    if (type === 'user') return lockRow(manager, Membership, { organizationId, userId: id });
    if (type === 'service_account') return lockRow(manager, ServiceAccount, { id, organizationId, deletedAt: IsNull() });
    return id === organizationId;
  }

  /** @throws Problem `not_found` */
  async keyPolicy(organizationId: string): Promise<KeyPolicy> {
    const organization = await this.database.manager.findOneBy(Organization, { id: organizationId, deletedAt: IsNull() });
    if (!organization) throw notFound();
    return {
      maxLifetimeSeconds: organization.maxKeyLifetimeSeconds,
      expiryRequired: organization.keyExpiryRequired,
      allowlistRequired: organization.keyAllowlistRequired,
      defaultRateLimit: limitOf(organization.defaultRateLimit, organization.defaultRateLimitWindowSeconds),
    };
  }
}

async function shareOf(manager: EntityManager, organizationId: string, { type, id }: Owner): Promise<Share> {
  if (type === 'organization') return id === organizationId ? { isActive: true, scopes: ['*'], userId: null } : NOBODY;
  if (type === 'service_account') {
    const account = await manager.findOneBy(ServiceAccount, { id, organizationId, deletedAt: IsNull(), disabledAt: IsNull() });
    return account ? { isActive: true, scopes: await scopesOfRole(manager, organizationId, account.role), userId: null } : NOBODY;
  }
  const membership = await manager.findOneBy(Membership, { organizationId, userId: id });
  // The key stays this person's in the log, also when they are gone.
  if (!membership || !(await manager.existsBy(User, { id, deletedAt: IsNull() }))) return { ...NOBODY, userId: id };
  return { isActive: true, scopes: await scopesOfRole(manager, organizationId, membership.role), userId: id };
}

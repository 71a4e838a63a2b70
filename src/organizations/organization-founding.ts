import type { EntityManager } from 'typeorm';

import { newId } from '../common';
import { OWNER_ROLE } from './built-in-roles';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';

/** Makes an organization with its first owner. */
export async function foundOrganization(manager: EntityManager, name: string, ownerId: string, now: Date): Promise<Organization> {
  const organization: Organization = {
    id: newId('org', now),
    name,
    status: 'active',
    suspendedAt: null,
    deletedAt: null,
    createdAt: now,
    version: 1,
    callLogRetentionDays: null,
    usageRetentionDays: null,
    maxKeyLifetimeSeconds: null,
    keyExpiryRequired: false,
    keyAllowlistRequired: false,
    defaultRateLimit: null,
    defaultRateLimitWindowSeconds: null,
    rateLimit: null,
    rateLimitWindowSeconds: null,
  };
  await manager.insert(Organization, organization);
  await manager.insert(Membership, { organizationId: organization.id, userId: ownerId, role: OWNER_ROLE, createdAt: now, version: 1 });
  return organization;
}

import { Injectable, Inject } from '@nestjs/common';

import { type AuditEvent, AuditHistory } from '../audit';
import { OWNER_DIRECTORY, type OwnerDirectory } from '../organizations';
import type { ApiKey } from './api-key.entity';

/** What an explanation of a past call rests on, by the events that change it: `any`, or the fields that matter. Notices and reads change nothing. */
const CHANGES: Readonly<Record<string, 'any' | readonly string[]>> = {
  'api_key.updated': ['scopes', 'allowedIps', 'allowedReferrers', 'allowedEndpoints', 'expiresAt'],
  'api_key.rotated': 'any',
  'api_key.secret_retired': 'any',
  'api_key.revoked': 'any',
  'api_key.disabled': 'any',
  'api_key.enabled': 'any',
  'api_key.transferred': 'any',
  'member.role_changed': 'any',
  'member.removed': 'any',
  'user.deleted': 'any',
  'service_account.updated': ['role', 'disabled'],
  'service_account.deleted': 'any',
  'role.updated': ['scopes'],
  'role.deleted': 'any',
  'organization.suspended': 'any',
  'organization.restored': 'any',
  'organization.deleted': 'any',
};

/** Knows whether a key is still what it was: the key itself, its owner, the owner's role and the organization. */
@Injectable()
export class ExplainedChanges {
  constructor(
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly history: AuditHistory,
  ) {}

  /** The first change since; `null` where there is none on record. Of owners that a host keeps, none is. */
  async firstSince({ organizationId, id, ownerType, ownerId }: ApiKey, since: Date): Promise<AuditEvent | null> {
    const standingIds = (await this.owners.standsOn?.(organizationId, { type: ownerType, id: ownerId })) ?? [];
    const wanted = { targetIds: [id, ...standingIds], actions: Object.keys(CHANGES), since };
    return this.history.first(organizationId, wanted, matters);
  }
}

function matters({ action, before, after }: AuditEvent): boolean {
  const fields = CHANGES[action];
  if (fields === 'any' || before === null || after === null) return true;
  const [old, now] = [before, after].map((state) => JSON.parse(state) as Record<string, unknown>);
  return (fields ?? []).some((field) => JSON.stringify(old![field]) !== JSON.stringify(now![field]));
}

import type { OwnerStanding } from '../organizations';
import type { NamedLimit } from '../rate-limits';
import type { ApiKey } from './api-key.entity';

type Limited = Pick<ApiKey, 'id' | 'organizationId' | 'rateLimit' | 'rateLimitWindowSeconds'>;

/**
 * What counts the calls of a key: its own limit, which all of its secrets share and which stays with it when it is rotated, and that
 * of its organization.
 */
export function limitsOf(
  { id, organizationId, rateLimit: limit, rateLimitWindowSeconds: windowSeconds }: Limited,
  { organizationLimit }: Pick<OwnerStanding, 'organizationLimit'>,
): readonly NamedLimit[] {
  const own: NamedLimit[] = limit === null || windowSeconds === null ? [] : [{ name: 'key', key: `key:${id}`, limit, windowSeconds }];
  return organizationLimit ? [...own, { name: 'organization', key: `organization:${organizationId}`, ...organizationLimit }] : own;
}

import { invalidField } from '../common';
import type { UpdateOrganizationDto } from './organization.dto';
import type { Organization } from './organization.entity';

type Changes = Partial<{ -readonly [Field in keyof Organization]: Organization[Field] }>;

/** The fields that stand in a column of the same name. */
const PLAIN = [
  'name',
  'callLogRetentionDays',
  'usageRetentionDays',
  'maxKeyLifetimeSeconds',
  'keyExpiryRequired',
  'keyAllowlistRequired',
] as const satisfies ReadonlyArray<keyof Organization & keyof UpdateOrganizationDto>;

/**
 * What a PATCH changes, by RFC 7396: absent keeps, `null` clears, objects are merged.
 * @throws Problem `validation_failed` for half a rate limit
 */
export function changesOf(before: Organization, dto: UpdateOrganizationDto, now: Date): Changes {
  return { ...plainChanges(dto), ...statusChange(before, dto.status, now), ...limitChanges(before, dto) };
}

/** The part of the row that audit events show. */
export function auditedPart(organization: Organization): object {
  const { status, defaultRateLimit, defaultRateLimitWindowSeconds, rateLimit, rateLimitWindowSeconds } = organization;
  const plain = Object.fromEntries(PLAIN.map((field) => [field, organization[field]]));
  return { ...plain, status, defaultRateLimit, defaultRateLimitWindowSeconds, rateLimit, rateLimitWindowSeconds };
}

function plainChanges(dto: UpdateOrganizationDto): Changes {
  return Object.fromEntries(PLAIN.filter((field) => dto[field] !== undefined).map((field) => [field, dto[field]]));
}

function statusChange(before: Organization, status: Organization['status'] | undefined, now: Date): Changes {
  if (status === undefined || status === before.status) return {};
  return { status, suspendedAt: status === 'suspended' ? now : null };
}

interface Limit {
  readonly limit: number | null;
  readonly windowSeconds: number | null;
}

function limitChanges(before: Organization, dto: UpdateOrganizationDto): Changes {
  const ofNewKeys = { limit: before.defaultRateLimit, windowSeconds: before.defaultRateLimitWindowSeconds };
  const ofAllKeys = { limit: before.rateLimit, windowSeconds: before.rateLimitWindowSeconds };
  const { limit: defaultRateLimit, windowSeconds: defaultRateLimitWindowSeconds } = merged(
    'defaultRateLimit',
    ofNewKeys,
    dto.defaultRateLimit,
  );
  const { limit: rateLimit, windowSeconds: rateLimitWindowSeconds } = merged('rateLimit', ofAllKeys, dto.rateLimit);
  return { defaultRateLimit, defaultRateLimitWindowSeconds, rateLimit, rateLimitWindowSeconds };
}

/** What a PATCH makes of a limit and its window. @throws Problem `validation_failed` for half a limit */
function merged(field: 'defaultRateLimit' | 'rateLimit', before: Limit, patch: UpdateOrganizationDto['rateLimit']): Limit {
  if (patch === undefined) return before;
  if (patch === null) return { limit: null, windowSeconds: null };
  const { limit = before.limit, windowSeconds = before.windowSeconds } = patch;
  if (limit === null) throw invalidField(`/${field}/limit`, 'is missing');
  if (windowSeconds === null) throw invalidField(`/${field}/windowSeconds`, 'is missing');
  return { limit, windowSeconds };
}

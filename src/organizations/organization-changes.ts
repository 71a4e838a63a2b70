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
  return { ...plainChanges(dto), ...statusChange(before, dto.status, now), ...rateLimitChange(before, dto.defaultRateLimit) };
}

/** The part of the row that audit events show. */
export function auditedPart(organization: Organization): object {
  const { status, defaultRateLimit, defaultRateLimitWindowSeconds } = organization;
  const plain = Object.fromEntries(PLAIN.map((field) => [field, organization[field]]));
  return { ...plain, status, defaultRateLimit, defaultRateLimitWindowSeconds };
}

function plainChanges(dto: UpdateOrganizationDto): Changes {
  return Object.fromEntries(PLAIN.filter((field) => dto[field] !== undefined).map((field) => [field, dto[field]]));
}

function statusChange(before: Organization, status: Organization['status'] | undefined, now: Date): Changes {
  if (status === undefined || status === before.status) return {};
  return { status, suspendedAt: status === 'suspended' ? now : null };
}

function rateLimitChange(before: Organization, patch: UpdateOrganizationDto['defaultRateLimit']): Changes {
  if (patch === undefined) return {};
  if (patch === null) return { defaultRateLimit: null, defaultRateLimitWindowSeconds: null };
  const { limit = before.defaultRateLimit, windowSeconds = before.defaultRateLimitWindowSeconds } = patch;
  if (limit === null) throw invalidField('/defaultRateLimit/limit', 'is missing');
  if (windowSeconds === null) throw invalidField('/defaultRateLimit/windowSeconds', 'is missing');
  return { defaultRateLimit: limit, defaultRateLimitWindowSeconds: windowSeconds };
}

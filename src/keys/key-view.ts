import type { ApiKey, ApiKeyCredential } from './api-key.entity';
import type { IssuedKeyView, KeyView } from './key.dto';

/** When a secret ought to be replaced (seeds T29, C25, G16). */
export const ROTATION_DUE_AFTER_MS = 90 * 24 * 3600 * 1000;

export type KeyStatus = KeyView['status'];

/** A key as everybody sees it. Secrets and digests have no way in. */
export function keyView(key: ApiKey, credentials: readonly ApiKeyCredential[], now: Date): KeyView {
  const newestFirst = credentials.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  return {
    id: key.id,
    organizationId: key.organizationId,
    name: key.name,
    description: key.description,
    prefix: newestFirst.find(({ state }) => state === 'active')?.prefix ?? newestFirst[0]?.prefix ?? '',
    environment: key.environment,
    status: statusOf(key, now),
    scopes: key.scopes,
    allowedIps: key.allowedIps,
    allowedReferrers: key.allowedReferrers,
    allowedEndpoints: key.allowedEndpoints,
    expiresAt: key.expiresAt,
    rateLimit: key.rateLimit === null ? null : { limit: key.rateLimit, windowSeconds: key.rateLimitWindowSeconds! },
    owner: { type: key.ownerType, id: key.ownerId },
    onOwnerRemoved: key.onOwnerRemoved,
    metadata: key.metadata,
    createdAt: key.createdAt,
    createdBy: key.createdBy,
    lastUsedAt: key.lastUsedAt,
    lastUsedIp: key.lastUsedIp,
    revokedAt: key.revokedAt,
    revokedBy: key.revokedBy,
    revokeReason: key.revokeReason,
    rotationDueAt: new Date(key.secretIssuedAt.getTime() + ROTATION_DUE_AFTER_MS),
    credentials: newestFirst.map((credential) => credentialView(key, credential, now)),
  };
}

/** The same object, so that its ETag stays with it. */
export const issuedView = (view: KeyView, token: string): IssuedKeyView => Object.assign(view, { key: token });

function credentialView(
  key: ApiKey,
  { prefix, state, createdAt, retiresAt, lastUsedAt }: ApiKeyCredential,
  now: Date,
): KeyView['credentials'][number] {
  const ended = key.revokedAt !== null || (retiresAt !== null && retiresAt <= now);
  return { prefix, state: ended ? 'retired' : state, createdAt, retiresAt, lastUsedAt };
}

export function statusOf({ revokedAt, disabledAt, expiresAt }: ApiKey, now: Date): KeyStatus {
  if (revokedAt !== null) return 'revoked';
  if (disabledAt !== null) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

/** What an audit event tells of a key: its policy, never its secrets. */
export function auditView(key: ApiKey): object {
  const { name, environment, scopes, allowedIps, allowedReferrers, allowedEndpoints, expiresAt, rateLimit, rateLimitWindowSeconds } = key;
  return {
    name,
    environment,
    scopes,
    allowedIps,
    allowedReferrers,
    allowedEndpoints,
    expiresAt,
    rateLimit,
    rateLimitWindowSeconds,
    owner: { type: key.ownerType, id: key.ownerId },
    onOwnerRemoved: key.onOwnerRemoved,
    description: key.description,
    metadata: key.metadata,
    disabledAt: key.disabledAt,
    revokedAt: key.revokedAt,
  };
}

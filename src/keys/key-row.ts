import type { EntityManager } from 'typeorm';

import { invalidField, normalizeIpEntry, type Owner } from '../common';
import { type ApiKey, ApiKeyScope } from './api-key.entity';
import type { CreateKeyDto } from './key.dto';

export const targetOf = (id: string | null): { type: 'api_key'; id: string | null } => ({ type: 'api_key', id });

/** The searchable copy of a key's scopes, replaced as a whole. */
export async function writeScopes(manager: EntityManager, keyId: string, scopes: readonly string[]): Promise<void> {
  await manager.delete(ApiKeyScope, { keyId });
  if (scopes.length > 0)
    await manager.insert(
      ApiKeyScope,
      scopes.map((scope) => ({ keyId, scope })),
    );
}

export const moment = (text: string | null | undefined): Date | null => (text === null || text === undefined ? null : new Date(text));

export const limitOf = (maker: ApiKey | null): CreateKeyDto['rateLimit'] =>
  maker && maker.rateLimit !== null ? { limit: maker.rateLimit, windowSeconds: maker.rateLimitWindowSeconds! } : undefined;

export const normalizedIps = (entries: readonly string[] | null | undefined): string[] => [
  ...new Set((entries ?? []).map((entry) => normalizeIpEntry(entry) ?? refuseIp())),
];

/** A host's own controller may not have looked. */
function refuseIp(): never {
  throw invalidField('/allowedIps', 'each entry must be an IP address or a CIDR block');
}

export const ownerOf = ({ ownerType, ownerId }: ApiKey): Owner => ({ type: ownerType, id: ownerId });

export const endpoints = (entries: CreateKeyDto['allowedEndpoints']): Array<{ method: string; path: string }> =>
  (entries ?? []).map(({ method, path }) => ({ method, path }));

import type { StoredCall } from '../audit';

/** A call with a live key whose secret matched, made or refused. */
export interface WatchedCall {
  readonly keyId: string;
  readonly at: Date;
  readonly ip: string;
  readonly requestId: string;
  /** Why it was refused (401 or 403); `null` where it was let in. */
  readonly refusedWith: string | null;
}

/** Live keys are the ones with additional monitoring (seed G13). Calls over the limit tell nothing: somebody calls too often. */
export function watchedCall({ principal, suspect, status, code, at, ip, requestId }: StoredCall): WatchedCall | undefined {
  const caller = principal ?? suspect;
  if (caller?.type !== 'api_key' || caller.environment !== 'live' || status === 429) return undefined;
  const isRefused = status === 401 || status === 403;
  return { keyId: caller.id, at, ip, requestId, refusedWith: isRefused ? code : null };
}

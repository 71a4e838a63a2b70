import { IpAllowlist, Problem } from '../common';
import type { AllowedEndpoint, ApiKey } from './api-key.entity';

/** What a key is restricted by. */
export type Restrictions = Pick<
  ApiKey,
  'allowedIps' | 'allowedReferrers' | 'allowedEndpoints' | 'expiresAt' | 'rateLimit' | 'rateLimitWindowSeconds'
>;

/**
 * A key that makes, changes or rotates a key never ends up with fewer restrictions than its own: it could otherwise make itself
 * a freer twin (A06.3, A06.4). People are not bound so.
 *
 * @param maker the calling key; `null` for people
 * @throws Problem `forbidden`, naming what would be freer
 */
export function requireWithin(maker: Restrictions | null, key: Restrictions): void {
  if (!maker) return;
  const freer = freerThan(maker, key);
  if (freer.length > 0) {
    throw new Problem('forbidden', {}, `An API key cannot give a key fewer restrictions than its own: ${freer.join(', ')}`);
  }
}

/** The fields in which a key is restricted less than its maker. */
export function freerThan(maker: Restrictions, key: Restrictions): string[] {
  const addresses = new IpAllowlist(maker.allowedIps);
  const rules: ReadonlyArray<readonly [isFreer: boolean, field: string]> = [
    [maker.allowedIps.length > 0 && !within(key.allowedIps, (entry) => addresses.contains(entry)), 'allowedIps'],
    [
      maker.allowedReferrers.length > 0 && !within(key.allowedReferrers, (entry) => maker.allowedReferrers.includes(entry)),
      'allowedReferrers',
    ],
    [
      maker.allowedEndpoints.length > 0 &&
        !within(key.allowedEndpoints, (entry) => maker.allowedEndpoints.some((own) => endpointContains(own, entry))),
      'allowedEndpoints',
    ],
    [maker.expiresAt !== null && (key.expiresAt === null || key.expiresAt > maker.expiresAt), 'expiresAt'],
    [maker.rateLimit !== null && !isSlower(key, maker), 'rateLimit'],
  ];
  return rules.flatMap(([isFreer, field]) => (isFreer ? [field] : []));
}

/** An empty list allows everything, so it is within nothing. */
const within = <T>(entries: readonly T[], holds: (entry: T) => boolean): boolean => entries.length > 0 && entries.every(holds);

function endpointContains(outer: AllowedEndpoint, inner: AllowedEndpoint): boolean {
  const samePath = outer.path.endsWith('*') ? inner.path.startsWith(outer.path.slice(0, -1)) : inner.path === outer.path;
  return samePath && (outer.method === '*' || outer.method === inner.method || (outer.method === 'GET' && inner.method === 'HEAD'));
}

/** No larger burst, and no more calls in the long run. */
function isSlower(key: Restrictions, maker: Restrictions): boolean {
  if (key.rateLimit === null || key.rateLimitWindowSeconds === null) return false;
  return (
    key.rateLimit <= maker.rateLimit! && key.rateLimit * maker.rateLimitWindowSeconds! <= maker.rateLimit! * key.rateLimitWindowSeconds
  );
}

import type { KeyedLimit, RateLimit, Taken, TakenFromAll } from './gcra';

/** How a limit stands after a call that it counted, or refused. */
export interface LimitStanding extends RateLimit, Pick<Taken, 'remaining' | 'moreInSeconds'> {
  /** What it counts: the calls of a `key`, of an `organization`, or bad ones of an `address`. */
  readonly name: 'key' | 'organization' | 'address';
}

/** A limit under a name that callers are told. */
export type NamedLimit = KeyedLimit & Pick<LimitStanding, 'name'>;

export const standingsOf = (limits: readonly NamedLimit[], { each }: TakenFromAll): readonly LimitStanding[] =>
  limits.map(({ name, limit, windowSeconds }, i) => {
    const { remaining, moreInSeconds } = each[i]!;
    return { name, limit, windowSeconds, remaining, moreInSeconds };
  });

/**
 * Tells a caller, in the headers of the answer, how their limits stand: the fields of draft-ietf-httpapi-ratelimit-headers-11, with `q` calls in `w` seconds, `r` of
 * them left, and more of them in `t` seconds.
 */
export function showLimits(headers: Record<string, string>, limits: readonly LimitStanding[]): void {
  const policies = limits.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`);
  const states = limits.map(({ name, remaining, moreInSeconds }) => `"${name}";r=${remaining};t=${moreInSeconds}`);
  headers['ratelimit-policy'] = policies.join(', ');
  headers['ratelimit'] = states.join(', ');
}

import { type DenialCode, IpAllowlist, PROBLEMS } from '../common';
import { covers, whatBars } from '../permissions';
import { changeOf, remedyFor } from './explain-remedies';
import type { Change, Situation } from './explained-situation';
import { rulesFor } from './judge';

export interface Check {
  readonly check: DenialCode;
  readonly passed: boolean;
  /** Why not, and what would help; `null` where it passed. */
  readonly reason: string | null;
  readonly fix: string | null;
}

export interface Explanation {
  /** `valid`, or the code that the call would be refused with: the first check that fails; `not_found` where no route matches. */
  readonly code: DenialCode | 'valid' | 'not_found';
  readonly checks: readonly Check[];
  readonly change: Change | null;
}

/** A path that does not exist is answered in one way, whoever asks. */
export const NOWHERE: Explanation = {
  code: 'not_found',
  checks: [],
  change: {
    patch: null,
    steps: ['Check the method and the path: no route of this service matches them, and that is answered 404, whoever asks.'],
  },
};

/** Every check that a call meets, in the order of the guard and by the same functions, all failures rather than the first. */
export function explain(situation: Situation): Explanation {
  const { key, standing, facts, access, now } = situation;
  if (access?.kind === 'public') return { code: 'valid', checks: [], change: null };
  const judged = { ...key, allowedIps: new IpAllowlist(key.allowedIps) };
  const outcomes: ReadonlyArray<readonly [speaks: boolean, code: DenialCode]> = [
    ...rulesFor(judged, standing, facts, now),
    [situation.isOverLimit, 'rate_limited'],
    [lacksScope(situation, key.scopes), 'insufficient_scope'],
  ];
  const failed = outcomes.flatMap(([speaks, code]) => (speaks ? [code] : []));
  const remedies = new Map(failed.map((code) => [code, remedyFor(code, situation)]));
  return {
    code: failed[0] ?? 'valid',
    checks: outcomes.map(([speaks, check]) => ({
      check,
      passed: !speaks,
      reason: speaks ? PROBLEMS[check].message : null,
      fix: remedies.get(check)?.words ?? null,
    })),
    change: failed.length === 0 ? null : changeOf([...remedies.values()], situation.amending),
  };
}

/** Whether a key with these scopes is kept from the route, or lacks what is asked besides. */
function lacksScope({ rights, access, scopes, isForPeopleOnly }: Situation, given: readonly string[]): boolean {
  const held = rights(given);
  const bar = access && whatBars(access, { type: 'api_key', scopes: held }, isForPeopleOnly);
  return bar !== null || !scopes.every((scope) => covers(held, scope));
}

import { type DenialCode, IpAllowlist, normalizeIp, PROBLEMS } from '../common';
import { compactScopes, covers, type RouteAccess, whatBars } from '../permissions';
import type { AllowedEndpoint } from './api-key.entity';
import { type CallFacts, type JudgedKey, type JudgedStanding, rulesFor } from './judge';

/** A key as an explanation sees it: with the lists as they are stored. */
export interface ExplainedKey extends Omit<JudgedKey, 'allowedIps'> {
  readonly allowedIps: readonly string[];
  /** What it was given. */
  readonly scopes: readonly string[];
}

/** Everything that decides a call. */
export interface Situation {
  readonly key: ExplainedKey;
  readonly standing: JudgedStanding & { readonly scopes: readonly string[] };
  /** What a key with these scopes may do now, cut by what its owner may do. */
  readonly rights: (scopes: readonly string[]) => readonly string[];
  readonly facts: CallFacts;
  /** The route's own word; `null` for a call that goes elsewhere. */
  readonly access: RouteAccess | null;
  /** Scopes that the call has to hold besides. */
  readonly scopes: readonly string[];
  readonly isOverLimit: boolean;
  readonly isForPeopleOnly: (scope: string) => boolean;
  readonly now: Date;
}

export interface Check {
  readonly check: DenialCode;
  readonly passed: boolean;
  /** Why not, and what would help; `null` where it passed. */
  readonly reason: string | null;
  readonly fix: string | null;
}

/** What would let the call through: fields of the key to change, and what changing the key cannot do. */
export interface Change {
  readonly patch: KeyPatch | null;
  readonly steps: readonly string[];
}

export interface KeyPatch {
  readonly expiresAt?: null;
  readonly allowedIps?: readonly string[];
  readonly allowedReferrers?: readonly string[];
  readonly allowedEndpoints?: readonly AllowedEndpoint[];
  readonly scopes?: readonly string[];
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
    change: failed.length === 0 ? null : changeOf([...remedies.values()]),
  };
}

/** Whether a key with these scopes is kept from the route, or lacks what is asked besides. */
function lacksScope({ rights, access, scopes, isForPeopleOnly }: Situation, given: readonly string[]): boolean {
  const held = rights(given);
  const bar = access && whatBars(access, { type: 'api_key', scopes: held }, isForPeopleOnly);
  return bar !== null || !scopes.every((scope) => covers(held, scope));
}

interface Remedy {
  readonly words: string;
  readonly patch: KeyPatch | null;
  /** What has to be done besides the patch, or in its place. */
  readonly step: string | null;
}

const byHand = (words: string): Remedy => ({ words, patch: null, step: words });

const remedyFor = (code: DenialCode, situation: Situation): Remedy => REMEDIES[code]?.(situation) ?? byHand(PROBLEMS[code].detail);

const REMEDIES: Readonly<Partial<Record<DenialCode, (situation: Situation) => Remedy>>> = {
  api_key_revoked: ({ key }) =>
    byHand(
      key.revokedAt === null
        ? 'Use the newest secret of this key: this one was replaced.'
        : 'Issue a new key: a revoked one never works again.',
    ),
  api_key_disabled: () => byHand('Enable the key.'),
  api_key_expired: () => ({ words: 'Let the key expire later, or never.', patch: { expiresAt: null }, step: null }),
  owner_inactive: () => byHand('Issue a key for somebody who is still there.'),
  organization_suspended: () => byHand('Ask the operator to restore the organization.'),
  wrong_environment: () => byHand('Use a live key.'),
  ip_not_allowed: addressRemedy,
  referrer_not_allowed: referrerRemedy,
  endpoint_not_allowed: endpointRemedy,
  rate_limited: () => byHand('Wait, or raise the limit of the key, or of the organization.'),
  insufficient_scope: scopeRemedy,
};

function addressRemedy({ key, facts: { ip = '' } }: Situation): Remedy {
  if (normalizeIp(ip) === undefined) return byHand('Say the address that the call comes from.');
  return { words: `Add ${ip} to the allowed addresses.`, patch: { allowedIps: [...key.allowedIps, ip] }, step: null };
}

function referrerRemedy({ key, facts: { referrer } }: Situation): Remedy {
  const origin = typeof referrer === 'string' && URL.canParse(referrer) ? new URL(referrer).origin : 'null';
  if (!/^https?:/.test(origin)) return byHand('Send the page that the call comes from, as Referer or Origin.');
  return { words: `Add ${origin} to the allowed referrers.`, patch: { allowedReferrers: [...key.allowedReferrers, origin] }, step: null };
}

function endpointRemedy({ key, facts: { method = '', path = '' } }: Situation): Remedy {
  // A path with a star would be taken for a pattern that allows more.
  if (method === '' || !/^\/[\x21-\x29\x2b-\x7e]*$/.test(path)) return byHand('Say the method and the path of the call.');
  const allowed = { method: method === 'HEAD' ? 'GET' : method, path };
  return {
    words: `Add ${allowed.method} ${path} to the allowed endpoints.`,
    patch: { allowedEndpoints: [...key.allowedEndpoints, allowed] },
    step: null,
  };
}

function scopeRemedy(situation: Situation): Remedy {
  const { key, standing, access } = situation;
  if (access?.kind === 'authenticated' && access.only === 'user') return byHand('Sign in: this route is for people.');
  const forPeople = access?.kind === 'scopes' ? forPeopleOf(access, situation) : [];
  if (forPeople.length > 0) return byHand(`Sign in: ${forPeople.join(', ')} cannot be given to a key.`);
  const lacking = scopesToAdd(situation);
  const scopes = compactScopes([...key.scopes, ...lacking]);
  const owners = lacking.filter((scope) => !covers(standing.scopes, scope));
  const isAdded = lacking.some((scope) => !covers(key.scopes, scope));
  const step = owners.length > 0 ? `Give the owner of the key a role that holds ${owners.join(', ')}.` : null;
  const words = [isAdded ? `Add ${lacking.join(', ')} to the scopes.` : null, step].filter((part) => part !== null).join(' ');
  return { words, patch: isAdded ? { scopes } : null, step };
}

/** What the route asks for and no key can be given. */
function forPeopleOf({ all, anyOf }: Extract<RouteAccess, { kind: 'scopes' }>, { isForPeopleOnly }: Situation): string[] {
  const hopeless = anyOf.filter((choice) => choice.every(isForPeopleOnly));
  return [...all.filter(isForPeopleOnly), ...hopeless.flat()];
}

/** As few as possible: of scopes of which one is enough, the one that the owner may give, if any. */
function scopesToAdd({ key, standing, rights, access, scopes, isForPeopleOnly }: Situation): string[] {
  const held = rights(key.scopes);
  const asked = [...scopes, ...(access?.kind === 'scopes' ? access.all : [])].filter((scope) => !covers(held, scope));
  const choices = access?.kind === 'scopes' ? access.anyOf : [];
  for (const choice of choices) {
    const possible = choice.filter((scope) => !isForPeopleOnly(scope));
    if (possible.some((scope) => covers([...held, ...asked], scope))) continue;
    const chosen = possible.find((scope) => covers(standing.scopes, scope)) ?? possible[0];
    if (chosen !== undefined) asked.push(chosen);
  }
  return [...new Set(asked)];
}

function changeOf(remedies: readonly Remedy[]): Change {
  const patches = remedies.flatMap(({ patch }) => patch ?? []);
  return {
    patch: patches.length === 0 ? null : (Object.assign({}, ...patches) as KeyPatch),
    steps: remedies.flatMap(({ step }) => step ?? []),
  };
}

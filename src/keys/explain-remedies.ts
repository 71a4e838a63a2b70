import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { type DenialCode, normalizeIp, PROBLEMS } from '../common';
import { compactScopes, covers, type RouteAccess } from '../permissions';
import type { Amending, Change, KeyPatch, Situation } from './explained-situation';
import { isReferrerEntry } from './judge';
import { UpdateKeyDto } from './key.dto';
import { breachOf } from './key-policy';

/** What helps where a check fails. */
export interface Remedy {
  readonly words: string;
  readonly patch: KeyPatch | null;
  /** What has to be done besides the patch, or in its place. */
  readonly step: string | null;
}

const NEW_KEY = 'Issue a new key: a revoked one never works again.';

const byHand = (words: string): Remedy => ({ words, patch: null, step: words });

/** Held to the rules that bodies of `PATCH` are held to. */
const orByHand = (words: string, patch: KeyPatch, instead: string): Remedy =>
  validateSync(plainToInstance(UpdateKeyDto, JSON.parse(JSON.stringify(patch)))).length === 0
    ? { words, patch, step: null }
    : byHand(instead);

export const remedyFor = (code: DenialCode, situation: Situation): Remedy => REMEDIES[code]?.(situation) ?? byHand(PROBLEMS[code].detail);

const REMEDIES: Readonly<Partial<Record<DenialCode, (situation: Situation) => Remedy>>> = {
  api_key_revoked: ({ key }) => byHand(key.revokedAt === null ? 'Use the newest secret of this key: this one was replaced.' : NEW_KEY),
  api_key_disabled: () => byHand('Enable the key.'),
  api_key_expired: expiryRemedy,
  owner_inactive: () => byHand('Issue a key for somebody who is still there.'),
  organization_suspended: () => byHand('Ask the operator to restore the organization.'),
  wrong_environment: () => byHand('Use a live key.'),
  ip_not_allowed: addressRemedy,
  referrer_not_allowed: referrerRemedy,
  endpoint_not_allowed: endpointRemedy,
  rate_limited: () => byHand('Wait, or raise the limit of the key, or of the organization.'),
  insufficient_scope: scopeRemedy,
};

const DAY_MS = 24 * 3600 * 1000;

function expiryRemedy({ key, amending }: Situation): Remedy {
  const expiresAt = laterExpiry(amending);
  const breach = breachOf(amending.policy, expiresAt, key.allowedIps, amending.at);
  if (breach) return byHand(`Let the key expire later; ${breach.pointer.slice(1)} ${breach.message}.`);
  const words = expiresAt === null ? 'Let the key expire later, or never.' : 'Let the key expire later.';
  return { words, patch: { expiresAt }, step: null };
}

/** Never, or in 90 days where every key has to expire, or as late as a key may live. */
function laterExpiry({ at, policy: { expiryRequired, maxLifetimeSeconds } }: Amending): Date | null {
  if (!expiryRequired && maxLifetimeSeconds === null) return null;
  return new Date(at.getTime() + Math.min(90 * DAY_MS, (maxLifetimeSeconds ?? Infinity) * 1000));
}

function addressRemedy({ key, facts: { ip = '' }, now, amending }: Situation): Remedy {
  if (normalizeIp(ip) === undefined) return byHand('Say the address that the call comes from.');
  const allowedIps = [...key.allowedIps, ip];
  // A change of the addresses is held to the rules for the expiry, too.
  const expiresAt = key.expiresAt !== null && key.expiresAt <= now ? laterExpiry(amending) : key.expiresAt;
  const breach = breachOf(amending.policy, expiresAt, allowedIps, amending.at);
  if (breach) return byHand(`Add ${ip} to the allowed addresses; with that, ${breach.pointer.slice(1)} ${breach.message}.`);
  const full = `Allow a block that holds ${ip} in place of some of the allowed addresses: the list is full.`;
  return orByHand(`Add ${ip} to the allowed addresses.`, { allowedIps }, full);
}

function referrerRemedy({ key, facts: { referrer } }: Situation): Remedy {
  const origin = typeof referrer === 'string' && URL.canParse(referrer) ? new URL(referrer).origin : 'null';
  if (!/^https?:/.test(origin)) return byHand('Send the page that the call comes from, as Referer or Origin.');
  if (!isReferrerEntry(origin))
    return byHand('Call from a page whose host the allowed referrers can name: letters, digits, hyphens and dots.');
  const full = `Take ${origin} into the allowed referrers in place of another: the list is full.`;
  return orByHand(`Add ${origin} to the allowed referrers.`, { allowedReferrers: [...key.allowedReferrers, origin] }, full);
}

function endpointRemedy({ key, facts: { method = '', path = '' } }: Situation): Remedy {
  // A path with a star would be taken for a pattern that allows more.
  if (method === '' || !/^\/[\x21-\x29\x2b-\x7e]*$/.test(path)) return byHand('Say the method and the path of the call.');
  const allowed = { method: method === 'HEAD' ? 'GET' : method, path };
  return orByHand(
    `Add ${allowed.method} ${path} to the allowed endpoints.`,
    { allowedEndpoints: [...key.allowedEndpoints, allowed] },
    'Allow the beginning of its path, with a * at the end: the path is too long for the list, or the list is full.',
  );
}

function scopeRemedy(situation: Situation): Remedy {
  const { key, standing, access, amending } = situation;
  if (access?.kind === 'authenticated' && access.only === 'user') return byHand('Sign in: this route is for people.');
  const forPeople = access?.kind === 'scopes' ? forPeopleOf(access, situation) : [];
  if (forPeople.length > 0) return byHand(`Sign in: ${forPeople.join(', ')} cannot be given to a key.`);
  const lacking = scopesToAdd(situation);
  const scopes = compactScopes([...key.scopes, ...lacking]);
  const owners = lacking.filter((scope) => !covers(standing.scopes, scope));
  const isAdded = lacking.some((scope) => !covers(key.scopes, scope));
  const step = owners.length > 0 ? `Give the owner of the key a role that holds ${owners.join(', ')}.` : null;
  const words = [isAdded ? `Add ${lacking.join(', ')} to the scopes.` : null, step].filter((part) => part !== null).join(' ');
  if (!isAdded) return { words, patch: null, step };
  const wrong = scopes.filter((scope) => !amending.isGivable(scope));
  if (wrong.length > 0) return byHand(`Leave out ${wrong.join(', ')}: no key can be given this here.`);
  const added = orByHand(words, { scopes }, `Give the key fewer scopes, among them ${lacking.join(', ')}: it holds too many.`);
  return { ...added, step: [added.step, step].filter((part) => part !== null).join(' ') || null };
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

/** All of it together. */
export function changeOf(remedies: readonly Remedy[], { isRevoked }: Amending): Change {
  const patches = remedies.flatMap(({ patch }) => patch ?? []);
  if (isRevoked && patches.length > 0) {
    const steps = [NEW_KEY, ...remedies.flatMap(({ patch, words, step }) => (patch ? words : (step ?? [])))];
    return { patch: null, steps: [...new Set(steps)] };
  }
  return {
    patch: patches.length === 0 ? null : (Object.assign({}, ...patches) as KeyPatch),
    steps: remedies.flatMap(({ step }) => step ?? []),
  };
}

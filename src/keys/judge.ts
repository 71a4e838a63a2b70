import type { DenialCode, Environment, IpAllowlist } from '../common';
import type { AllowedEndpoint, CredentialState } from './api-key.entity';

/** A key as the decision sees it. */
export interface JudgedKey {
  readonly revokedAt: Date | null;
  readonly disabledAt: Date | null;
  readonly expiresAt: Date | null;
  readonly environment: Environment;
  readonly allowedIps: IpAllowlist;
  readonly allowedReferrers: readonly string[];
  readonly allowedEndpoints: readonly AllowedEndpoint[];
  /** Of the secret that was presented. */
  readonly credentialState: CredentialState;
  readonly credentialRetiresAt: Date | null;
}

/** How the owner and the organization of a key stand. */
export interface JudgedStanding {
  readonly isActive: boolean;
  readonly organizationStatus: 'active' | 'suspended' | 'deleted';
}

/** Where a call comes from and goes to. A fact that is not given is not checked: a verifier may not know it. */
export interface CallFacts {
  readonly ip?: string | undefined;
  /** The `Referer` header, or the `Origin` where there is none; `null` when the caller sent neither. */
  readonly referrer?: string | null | undefined;
  readonly method?: string | undefined;
  /** Without the query. */
  readonly path?: string | undefined;
  /** The route refuses test keys. */
  readonly liveOnly?: boolean;
}

/**
 * Whether a key whose secret matched may make this call; `null` when it may. The order of the rules is part of the contract
 * (`api.md` 3): the first one that speaks gives the answer.
 */
export function judge(key: JudgedKey, standing: JudgedStanding, facts: CallFacts, now: Date): DenialCode | null {
  for (const [speaks, code] of RULES) if (speaks(key, standing, facts, now)) return code;
  return null;
}

/** Every rule that speaks against the call, in order. */
export function judgeAll(key: JudgedKey, standing: JudgedStanding, facts: CallFacts, now: Date): DenialCode[] {
  return rulesFor(key, standing, facts, now).flatMap(([speaks, code]) => (speaks ? [code] : []));
}

/** Every rule in order, and whether it speaks against the call. */
export function rulesFor(
  key: JudgedKey,
  standing: JudgedStanding,
  facts: CallFacts,
  now: Date,
): ReadonlyArray<readonly [speaks: boolean, code: DenialCode]> {
  return RULES.map(([speaks, code]) => [speaks(key, standing, facts, now), code]);
}

type Rule = (key: JudgedKey, standing: JudgedStanding, facts: CallFacts, now: Date) => boolean;

const RULES: ReadonlyArray<readonly [speaks: Rule, code: DenialCode]> = [
  [(key, _standing, _facts, now) => key.revokedAt !== null || !isLive(key, now), 'api_key_revoked'],
  [(key) => key.disabledAt !== null, 'api_key_disabled'],
  [(key, _standing, _facts, now) => key.expiresAt !== null && key.expiresAt <= now, 'api_key_expired'],
  [(_key, standing) => !standing.isActive || standing.organizationStatus === 'deleted', 'owner_inactive'],
  [(_key, standing) => standing.organizationStatus === 'suspended', 'organization_suspended'],
  [(key, _standing, facts) => facts.liveOnly === true && key.environment === 'test', 'wrong_environment'],
  [(key, _standing, { ip }) => ip !== undefined && !key.allowedIps.allows(ip), 'ip_not_allowed'],
  [(key, _standing, { referrer }) => referrer !== undefined && !referrerAllowed(key.allowedReferrers, referrer), 'referrer_not_allowed'],
  [
    (key, _standing, { method, path }) =>
      method !== undefined && path !== undefined && !endpointAllowed(key.allowedEndpoints, method, path),
    'endpoint_not_allowed',
  ],
];

/** What a key can be refused with once its secret has matched: by these rules, by its limits, by its scopes. */
export const JUDGED_CODES: ReadonlySet<string> = new Set([...RULES.map(([, code]) => code), 'rate_limited', 'insufficient_scope']);

/** A secret that was replaced works on until its overlap ends. */
function isLive({ credentialState, credentialRetiresAt }: JudgedKey, now: Date): boolean {
  if (credentialState === 'retired') return false;
  return credentialState === 'active' || (credentialRetiresAt !== null && credentialRetiresAt > now);
}

/**
 * Entries are origins (`https://app.example.com`), with `*.` for any subdomain, optionally with a path that the referrer has
 * to begin with. An empty list allows every caller, also one without a referrer.
 */
export function referrerAllowed(allowed: readonly string[], referrer: string | null): boolean {
  if (allowed.length === 0) return true;
  if (referrer === null || !URL.canParse(referrer)) return false;
  const caller = new URL(referrer);
  return allowed.some((entry) => referrerMatches(entry, caller));
}

function referrerMatches(entry: string, caller: URL): boolean {
  const [, scheme = '', subdomains, host = '', path = '/'] = REFERRER.exec(entry) ?? [];
  const hostMatches = subdomains ? caller.host.endsWith(`.${host}`) : caller.host === host;
  const pathMatches = path.endsWith('/') ? caller.pathname.startsWith(path) : `${caller.pathname}/`.startsWith(`${path}/`);
  return caller.protocol === `${scheme}:` && hostMatches && pathMatches;
}

/** Scheme, `*.`, host with port, path. Lower case, as `URL` gives them. */
const REFERRER = /^(https?):\/\/(\*\.)?((?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(?::\d{1,5})?)(\/[\x21-\x29\x2b-\x7e]*)?$/;

export const isReferrerEntry = (text: unknown): text is string => typeof text === 'string' && text.length <= 255 && REFERRER.test(text);

/** An empty list allows every endpoint. HEAD goes where GET may. Compared with the path as it was sent: a path written oddly matches nothing. */
export function endpointAllowed(allowed: readonly AllowedEndpoint[], method: string, path: string): boolean {
  if (allowed.length === 0) return true;
  return allowed.some(
    (entry) =>
      (entry.method === '*' || entry.method === method || (method === 'HEAD' && entry.method === 'GET')) &&
      (entry.path.endsWith('*') ? path.startsWith(entry.path.slice(0, -1)) : path === entry.path),
  );
}

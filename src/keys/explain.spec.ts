import fc from 'fast-check';

import { IpAllowlist } from '../common';
import { intersectScopes, type RouteAccess, whatBars } from '../permissions';
import { explain } from './explain';
import type { ExplainedKey, Situation } from './explained-situation';
import { judge } from './judge';

const NOW = new Date('2026-01-15T10:00:00.000Z');
const DATES = [null, new Date('2026-01-14T10:00:00.000Z'), NOW, new Date('2026-01-16T10:00:00.000Z')];
const SCOPES = ['send_sms', 'send_email', 'client.read', 'client.update', 'account.delete'];
const FOR_PEOPLE = 'account.delete';

const AMENDING = {
  at: NOW,
  isRevoked: false,
  policy: { maxLifetimeSeconds: null, expiryRequired: false, allowlistRequired: false },
  isGivable: () => true,
};

const aPattern = fc.constantFrom(...SCOPES, 'client.*', '*');
/** Mostly none, or nothing but dead keys would be seen. */
const seldom = <T>(values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
const patterns = fc.uniqueArray(aPattern, { maxLength: 4 });
const names = fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 3 });

const anAccess: fc.Arbitrary<RouteAccess | null> = fc.oneof(
  fc.constant(null),
  fc.constant({ kind: 'public' } as const),
  fc.record({ kind: fc.constant('authenticated' as const), liveOnly: fc.boolean() }),
  fc.record({
    kind: fc.constant('authenticated' as const),
    only: fc.constantFrom('user' as const, 'api_key' as const),
    liveOnly: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('scopes' as const),
    all: names,
    anyOf: fc.array(fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
    liveOnly: fc.boolean(),
  }),
);

const aKey: fc.Arbitrary<ExplainedKey> = fc.record({
  revokedAt: seldom(DATES),
  disabledAt: seldom(DATES),
  expiresAt: fc.constantFrom(null, ...DATES),
  environment: fc.constantFrom('live' as const, 'test' as const),
  allowedIps: fc.uniqueArray(fc.constantFrom('203.0.113.7', '10.0.0.0/8', '2001:db8::/32'), { maxLength: 2 }),
  allowedReferrers: fc.uniqueArray(fc.constantFrom('https://app.example.com', 'https://*.example.org'), { maxLength: 2 }),
  allowedEndpoints: fc.uniqueArray(fc.constantFrom({ method: 'GET', path: '/v1/*' }, { method: '*', path: '/sms' }), { maxLength: 2 }),
  credentialState: seldom(['retiring', 'retired'] as const).map((state) => state ?? ('active' as const)),
  credentialRetiresAt: fc.constantFrom(...DATES),
  scopes: patterns,
});

const aSituation: fc.Arbitrary<Situation> = fc
  .record({
    key: aKey,
    standing: fc.record({
      isActive: seldom([false]).map((gone) => gone ?? true),
      organizationStatus: seldom(['suspended', 'deleted'] as const).map((status) => status ?? ('active' as const)),
      scopes: fc.oneof(fc.constant(['*']), patterns),
    }),
    facts: fc.record({
      ip: fc.constantFrom('203.0.113.7', '10.1.2.3', '2001:db8::1', '198.51.100.9', ''),
      referrer: fc.constantFrom(null, 'https://app.example.com/a', 'https://x.example.org', 'https://evil.example/', 'nonsense'),
      method: fc.constantFrom('GET', 'POST', 'HEAD'),
      path: fc.constantFrom('/v1/things', '/sms', '/elsewhere'),
    }),
    access: anAccess,
    scopes: names,
    isOverLimit: seldom([true]).map((limited) => limited ?? false),
  })
  .map(({ facts, access, standing, ...rest }) => ({
    ...rest,
    standing,
    access,
    facts: { ...facts, liveOnly: access !== null && access.kind !== 'public' && access.liveOnly },
    rights: (scopes: readonly string[]) => intersectScopes(scopes, standing.scopes),
    isForPeopleOnly: (scope: string) => scope === FOR_PEOPLE,
    now: NOW,
    amending: AMENDING,
  }));

/** What the guard answers, put together from what it asks. */
function guard({ key, standing, facts, access, isOverLimit, rights, isForPeopleOnly, now }: Situation): string {
  if (access?.kind === 'public') return 'valid';
  const denial = judge({ ...key, allowedIps: new IpAllowlist(key.allowedIps) }, standing, facts, now);
  if (denial) return denial;
  if (isOverLimit) return 'rate_limited';
  return access && whatBars(access, { type: 'api_key', scopes: rights(key.scopes) }, isForPeopleOnly) ? 'insufficient_scope' : 'valid';
}

describe('an explanation', () => {
  it('never disagrees with the guard', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        const asTheGuardIsAsked = { ...situation, scopes: [] };
        expect(explain(asTheGuardIsAsked).code).toBe(guard(asTheGuardIsAsked));
      }),
      { numRuns: 3_000 },
    );
  });

  it('names a change that lets the call through, wherever changing the key is enough', () => {
    let changed = 0;
    fc.assert(
      fc.property(aSituation, (situation) => {
        const { code, change } = explain(situation);
        expect(change === null).toBe(code === 'valid');
        if (!change?.patch || change.steps.length > 0) return;
        changed++;
        expect(explain({ ...situation, key: { ...situation.key, ...change.patch } }).code).toBe('valid');
      }),
      { numRuns: 3_000 },
    );
    expect(changed).toBeGreaterThan(100);
  });

  it('names nothing in the change that could be left out', () => {
    fc.assert(
      fc.property(aSituation, (situation) => {
        const { patch, steps } = explain(situation).change ?? { patch: null, steps: [] };
        if (!patch || steps.length > 0) return;
        for (const field of Object.keys(patch)) {
          const less = Object.fromEntries(Object.entries(patch).filter(([name]) => name !== field));
          expect(explain({ ...situation, key: { ...situation.key, ...less } }).code).not.toBe('valid');
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('shows every failure, in the order of the guard, each with what would help', () => {
    const { checks, code } = explain({
      key: {
        revokedAt: NOW,
        disabledAt: NOW,
        expiresAt: NOW,
        environment: 'test',
        allowedIps: ['203.0.113.7'],
        allowedReferrers: ['https://app.example.com'],
        allowedEndpoints: [{ method: 'POST', path: '/sms' }],
        credentialState: 'active',
        credentialRetiresAt: null,
        scopes: [],
      },
      standing: { isActive: false, organizationStatus: 'suspended', scopes: [] },
      rights: () => [],
      facts: { ip: '198.51.100.9', referrer: null, method: 'GET', path: '/v1/things', liveOnly: true },
      access: { kind: 'scopes', all: ['client.read'], anyOf: [], liveOnly: true },
      scopes: [],
      isOverLimit: true,
      isForPeopleOnly: () => false,
      now: NOW,
      amending: AMENDING,
    });
    expect(code).toBe('api_key_revoked');
    expect(checks.map(({ check, passed }) => [check, passed])).toEqual(
      [
        'api_key_revoked',
        'api_key_disabled',
        'api_key_expired',
        'owner_inactive',
        'organization_suspended',
        'wrong_environment',
        'ip_not_allowed',
        'referrer_not_allowed',
        'endpoint_not_allowed',
        'rate_limited',
        'insufficient_scope',
      ].map((check) => [check, false]),
    );
    for (const { reason, fix } of checks) expect([typeof reason, typeof fix]).toEqual(['string', 'string']);
  });
});

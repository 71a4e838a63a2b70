import fc from 'fast-check';

import { aCall, aKeyHolder, NOON } from '../../test/support/finished-call';
import { callTime } from './call-id';
import type { FinishedCall } from './finished-call';
import { RefusalFold } from './refusal-fold';

const from = (floodedFrom: string | null, given: Partial<FinishedCall> = {}): FinishedCall =>
  aCall({ status: 429, code: 'rate_limited', floodedFrom, ...given });

const calls = fc.record({
  floodedFrom: fc.constantFrom(null, '', '203.0.113.7', '2001:db8::/64'),
  at: fc.integer({ min: 0, max: 3_000 }).map((ms) => new Date(NOON.getTime() + ms)),
  status: fc.constantFrom(429, 499),
  code: fc.constantFrom('rate_limited', 'invalid_api_key'),
  path: fc.constantFrom('/a', '/b'),
  suspect: fc.constantFrom(null, null, null, aKeyHolder()),
});

/** What a row may be shared by. */
const kindOf = ({ floodedFrom, id, status, code }: FinishedCall): unknown => [
  floodedFrom,
  callTime(id).toISOString().slice(0, 19),
  status,
  code,
];

describe('how refusals of an address share rows', () => {
  it('counts each call in one row, and in one of its own address, second and answer', () => {
    fc.assert(
      fc.property(fc.array(calls, { maxLength: 60 }), (some) => {
        const fold = new RefusalFold();
        const rows = new Map<number, FinishedCall[]>();
        for (const call of some.map((given) => aCall(given))) {
          const first = fold.firstOf(call);
          if (first) expect(rows.get(first.tail)).toBeDefined();
          rows.set((first ?? call).tail, [...(rows.get((first ?? call).tail) ?? []), call]);
        }
        const all = [...rows.values()];
        expect(all.flat()).toHaveLength(some.length);
        for (const row of all) for (const call of row) expect(kindOf(call)).toEqual(kindOf(row[0]!));
        const isFolded = ({ floodedFrom, suspect }: FinishedCall): boolean => floodedFrom !== null && suspect === null;
        const folded = all.filter((row) => isFolded(row[0]!));
        expect(new Set(folded.map((row) => JSON.stringify(kindOf(row[0]!)))).size).toBe(folded.length);
        expect(all.flat().filter((call) => !isFolded(call))).toHaveLength(all.length - folded.length);
      }),
    );
  });

  it.each([
    ['of whom a secret is known', { suspect: aKeyHolder() }],
    ['who was let in', { principal: aKeyHolder() }],
    ['from an address within its limit', { floodedFrom: null }],
  ])('leaves a row of their own to those %s', (_who, given) => {
    const fold = new RefusalFold();
    expect([1, 2, 3].map(() => fold.firstOf(from('203.0.113.7', given)))).toEqual([undefined, undefined, undefined]);
  });

  it('names the first one without what only its own row says', () => {
    const fold = new RefusalFold();
    const first = from('203.0.113.7', { path: '/secret', referrer: 'https://example.com', presentedPrefix: 'ks_live_x' });
    expect(fold.firstOf(first)).toBeUndefined();
    const named = fold.firstOf(from('203.0.113.7', { route: '/other' }));
    expect(named).toMatchObject({ id: first.id, tail: first.tail, route: first.route, ip: first.ip, path: '', presentedPrefix: null });
  });

  it('remembers a bounded number of addresses, and still counts every call', () => {
    const fold = new RefusalFold();
    const rowsOf = (count: number): number =>
      Array.from({ length: count }, (_, i) => fold.firstOf(from(`address ${i}`))).filter((first) => first === undefined).length;
    expect(rowsOf(4_000)).toBe(4_000);
    expect(rowsOf(4_000)).toBe(0);
    expect(rowsOf(50_000)).toBeGreaterThanOrEqual(46_000);
    expect((fold as unknown as { firsts: { young: Map<string, unknown>; old: Map<string, unknown> } }).firsts.young.size).toBeLessThan(
      8_193,
    );
  });
});

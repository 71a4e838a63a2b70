import fc from 'fast-check';

import { type Bucket, gcra, type KeyedLimit, type RateLimit } from './gcra';
import { LocalLimits } from './local-limits';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): Date => new Date(START + ms);

const limits = fc.record({ limit: fc.integer({ min: 1, max: 100_000 }), windowSeconds: fc.integer({ min: 1, max: 86_400 }) });

/** Lets calls through one after the other, at the given times, and says which were admitted. */
function admitted(limit: RateLimit, times: readonly number[]): number[] {
  let bucket: Bucket | undefined;
  return times.filter((ms) => {
    const taken = gcra(bucket, limit, at(ms));
    bucket = taken.bucket;
    return taken.allowed;
  });
}

describe('gcra', () => {
  it('A14.1 admits exactly as many calls at once as the limit says', () => {
    fc.assert(
      fc.property(limits, (limit) => {
        const few = { ...limit, limit: Math.min(limit.limit, 500) };
        expect(admitted(few, Array<number>(few.limit * 3).fill(0))).toHaveLength(few.limit);
      }),
    );
  });

  it('A14.2 admits the call that waited as long as it was told, and does not before', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 0, max: 10_000 }), (limit, elapsed) => {
        const full: Bucket = { level: limit.limit, atMs: START };
        const refused = gcra(full, limit, at(elapsed));
        fc.pre(!refused.allowed);
        expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
        expect(refused.retryAfterSeconds).toBeLessThanOrEqual(limit.windowSeconds);
        expect(gcra(refused.bucket, limit, at(elapsed + refused.retryAfterSeconds * 1_000)).allowed).toBe(true);
      }),
    );
  });

  it('admits in any stretch of time at most the limit and what leaks meanwhile', () => {
    fc.assert(
      fc.property(
        fc.record({ limit: fc.integer({ min: 1, max: 20 }), windowSeconds: fc.integer({ min: 1, max: 60 }) }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 200 }),
        (limit, gaps) => {
          let clock = 0;
          const times = admitted(
            limit,
            gaps.map((gap) => (clock += gap)),
          );
          for (let from = 0; from < times.length; from++) {
            const elapsedMs = times.at(-1)! - times[from]!;
            const most = limit.limit + (elapsedMs / (limit.windowSeconds * 1_000)) * limit.limit;
            expect(times.length - from).toBeLessThanOrEqual(Math.floor(most + 0.001));
          }
        },
      ),
    );
  });

  it('counts down what remains', () => {
    const local = new LocalLimits();
    const remaining = [1, 2, 3, 4].map(() => local.take([{ key: 'k', limit: 3, windowSeconds: 60 }], at(0)).each[0]!.remaining);
    expect(remaining).toEqual([2, 1, 0, 0]);
  });

  it('takes nothing for a refused call', () => {
    const limit = { limit: 2, windowSeconds: 10 };
    expect(admitted(limit, [0, 0, 1, 2, 3, 4, 5_000])).toEqual([0, 0, 5_000]);
  });

  it('R12 makes nobody wait longer than a window when the clock goes back', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 10 * 86_400_000 }), (limit, back) => {
        const full: Bucket = { level: limit.limit, atMs: START };
        const { bucket, retryAfterSeconds } = gcra(full, limit, at(-back));
        expect(retryAfterSeconds).toBeLessThanOrEqual(limit.windowSeconds);
        expect(gcra(bucket, limit, at(-back + limit.windowSeconds * 1_000)).allowed).toBe(true);
      }),
    );
  });

  it('forgets a larger limit at once', () => {
    const { bucket } = gcra({ level: 1_000, atMs: START }, { limit: 1_000, windowSeconds: 60 }, at(0));
    expect(gcra(bucket, { limit: 1, windowSeconds: 5 }, at(0)).retryAfterSeconds).toBe(5);
  });
});

describe('LocalLimits', () => {
  const once = (key: string): KeyedLimit => ({ key, limit: 1, windowSeconds: 60 });

  it('keeps keys apart', () => {
    const local = new LocalLimits();
    expect(local.take([once('a')], at(0)).allowed).toBe(true);
    expect(local.take([once('b')], at(0)).allowed).toBe(true);
    expect(local.take([once('a')], at(0)).allowed).toBe(false);
  });

  it('counts a call by all of its limits or by none', () => {
    const local = new LocalLimits();
    const all: KeyedLimit = { key: 'all', limit: 2, windowSeconds: 10 };
    expect(local.take([once('a'), all], at(0)).each.map(({ remaining }) => remaining)).toEqual([0, 1]);
    const refused = local.take([once('a'), all], at(0));
    expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 60 });
    expect(refused.each.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [false, 0],
      [true, 1],
    ]);
    expect(local.take([once('b'), all], at(0)).allowed).toBe(true);
    expect(local.take([once('c'), all], at(0))).toMatchObject({ allowed: false, retryAfterSeconds: 5 });
    expect(local.take([once('c')], at(0)).allowed).toBe(true);
  });

  it('says when one more call could come', () => {
    const local = new LocalLimits();
    const limit: KeyedLimit = { key: 'k', limit: 2, windowSeconds: 60 };
    expect(local.take([limit], at(0)).each[0]).toMatchObject({ remaining: 1, moreInSeconds: 30 });
    expect(local.take([limit], at(10_000)).each[0]).toMatchObject({ remaining: 0, moreInSeconds: 20 });
    expect(local.take([limit], at(10_000)).each[0]).toMatchObject({ remaining: 0, moreInSeconds: 20, retryAfterSeconds: 20 });
  });

  it('A16 keeps within bounds, and remembers what is in use when it is flooded', () => {
    const local = new LocalLimits();
    local.take([once('used')], at(0));
    for (let i = 0; i < 150_000; i++) {
      local.take([once(`random-${i}`)], at(0));
      if (i % 50_000 === 0) local.take([once('used')], at(0));
    }
    expect(local.size).toBeLessThanOrEqual(100_000);
    expect(local.take([once('used')], at(0)).allowed).toBe(false);
  });
});

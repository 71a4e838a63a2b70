import fc from 'fast-check';
import { randomUUID } from 'node:crypto';

import { RedisConnection } from '../src/coordination';
import type { KeyedLimit } from '../src/rate-limits';
import { LocalLimits } from '../src/rate-limits/local-limits';
import { RateLimiter } from '../src/rate-limits/rate-limiter';
import { SharedLimits } from '../src/rate-limits/shared-limits';
import { hasRedis, OwnRedis } from './support/own-redis';

/** A machine that tests run on may be busy. */
const PATIENT_MS = 1_000;
const START = Date.parse('2026-01-01T00:00:00Z');

(hasRedis ? describe : describe.skip)('limits that replicas share in Redis', () => {
  let redis: OwnRedis;
  const connections: RedisConnection[] = [];
  const limiters: RateLimiter[] = [];

  beforeAll(async () => {
    redis = await OwnRedis.start();
  });

  afterEach(() => {
    for (const limiter of limiters.splice(0)) limiter.onApplicationShutdown();
    for (const connection of connections.splice(0)) connection.close();
  });

  afterAll(() => redis.stop());

  /** As in one replica. */
  async function newLimiter(prefix: string, deadlineMs = PATIENT_MS): Promise<RateLimiter> {
    const connection = new RedisConnection(redis.url);
    connections.push(connection);
    await connection.open();
    const made = new RateLimiter(new SharedLimits(connection, { prefix, isClockOurs: true, deadlineMs }));
    limiters.push(made);
    return made;
  }

  it('decides like the pure function, call by call', async () => {
    const limit = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      limit: fc.integer({ min: 1, max: 4 }),
      windowSeconds: fc.constantFrom(1, 7, 60, 86_400),
    });
    const calls = fc.array(
      fc.record({
        limits: fc.uniqueArray(limit, { minLength: 1, maxLength: 3, selector: ({ key }) => key }),
        afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: -100_000, max: 100_000_000 })),
      }),
      { minLength: 1, maxLength: 30 },
    );
    const connection = new RedisConnection(redis.url);
    connections.push(connection);
    await connection.open();
    await fc.assert(
      fc.asyncProperty(calls, async (made) => {
        const shared = new SharedLimits(connection, { prefix: `${randomUUID()}:`, isClockOurs: true, deadlineMs: PATIENT_MS });
        const local = new LocalLimits();
        let nowMs = START;
        for (const { limits, afterMs } of made) {
          nowMs += afterMs;
          const counted = await shared.count(
            limits.map((one) => ({ limit: one, level: 0 })),
            1,
            nowMs,
          );
          const taken = local.take(limits, new Date(nowMs));
          expect(counted).toEqual({ allowed: taken.allowed, levels: limits.map((one) => local.level(one, nowMs)) });
        }
      }),
    );
  });

  describe('of three replicas', () => {
    const now = new Date(START);
    const limits: KeyedLimit[] = [
      { key: 'key', limit: 700, windowSeconds: 3_600 },
      { key: 'all', limit: 900, windowSeconds: 3_600 },
    ];
    const [ofKey] = limits as [KeyedLimit];

    /** Takes so many times at once, from all replicas in turn. @returns how many were admitted */
    async function takeAtOnce(replicas: readonly RateLimiter[], times: number, from: readonly KeyedLimit[] = [ofKey]): Promise<number> {
      const taken = await Promise.all(Array.from({ length: times }, async (_, i) => replicas[i % replicas.length]!.takeAll(from, now)));
      return taken.filter(({ allowed }) => allowed).length;
    }

    const three = (prefix: string, deadlineMs?: number): Promise<RateLimiter[]> =>
      Promise.all([1, 2, 3].map(() => newLimiter(prefix, deadlineMs)));

    it('A14.1 admit exactly as many calls as the limit says, of three times as many at once', async () => {
      const replicas = await three('exact:');
      expect(await takeAtOnce(replicas, 2_100, limits)).toBe(700);
      expect(await takeAtOnce(replicas, 600, [{ ...ofKey, key: 'other' }, limits[1]!])).toBe(200);
    });

    it('know together whether there is room, without counting', async () => {
      const [one, other] = (await three('room:')) as [RateLimiter, RateLimiter];
      const once = [{ ...ofKey, limit: 1 }];
      expect([await one.hasRoom(once, now), await other.hasRoom(once, now)]).toEqual([true, true]);
      expect(await takeAtOnce([one], 1, once)).toBe(1);
      expect([await one.hasRoom(once, now), await other.hasRoom(once, now)]).toEqual([false, false]);
    });

    it('ask nobody about a caller that is known to be over the limit', async () => {
      const [one] = await three('known:');
      expect(await takeAtOnce([one!], 701)).toBe(700);
      expect(one!.takeAll([ofKey], now)).toMatchObject({ allowed: false });
    });

    it('A14.1 count by themselves while Redis is gone, at most three times the limit in all, and together as soon as it is back', async () => {
      const replicas = await three('gone:');
      expect(await takeAtOnce(replicas, 300)).toBe(300);
      await redis.stop();
      const meanwhile = await takeAtOnce(replicas, 9_000);
      expect(meanwhile).toBeGreaterThanOrEqual(400);
      expect(300 + meanwhile).toBeLessThanOrEqual(3 * 700);
      await redis.start();
      await until(() => replicas.every((replica) => replica.takeAll([{ ...ofKey, key: 'probe' }], now) instanceof Promise));
      // It has come back empty, and is told what the replicas know.
      expect(await takeAtOnce(replicas, 2_100)).toBe(0);
      expect(await takeAtOnce(replicas, 2_100, [{ ...ofKey, key: 'fresh' }])).toBe(700);
    });

    it('wait for a frozen Redis once, and not again until it answers', async () => {
      const replicas = await three('frozen:', 50);
      await takeAtOnce(replicas, 3);
      redis.freeze();
      try {
        expect(await takeAtOnce(replicas, 9)).toBe(9);
        for (const replica of replicas) expect(replica.takeAll([ofKey], now)).not.toBeInstanceOf(Promise);
      } finally {
        redis.thaw();
      }
      await until(() => replicas.every((replica) => replica.takeAll([ofKey], now) instanceof Promise));
    });

    it('go on from what they know when Redis has forgotten everything', async () => {
      const replicas = await three('flushed:');
      expect(await takeAtOnce(replicas, 687)).toBe(687);
      for (const replica of replicas) expect(await takeAtOnce([replica], 1)).toBe(1);
      await connections.at(-1)!.ask(['FLUSHALL'], PATIENT_MS);
      await connections.at(-1)!.ask(['SCRIPT', 'FLUSH'], PATIENT_MS);
      // The first of them knew of two calls less than the last.
      const admitted = await takeAtOnce(replicas, 2_100);
      expect(admitted).toBeGreaterThanOrEqual(10);
      expect(admitted).toBeLessThanOrEqual(12);
    });
  });
});

/** Looks again until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('It never came about');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

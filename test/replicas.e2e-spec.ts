import { setTimeout as sleep } from 'node:timers/promises';

import { type TemporaryDatabase, temporaryDatabase } from '../src/testing';
import { FaultProxy } from './support/fault-proxy';
import { Fleet, type Person, type ReplicaProcess } from './support/fleet';
import { Hammer } from './support/hammer';
import type { Reply } from './support/kept-connections';
import { hasRedis, OwnRedis } from './support/own-redis';
import { TAKEAWAYS } from './support/takeaways';
import { until } from './support/until';

const server = process.env['TEST_DATABASE_URL'];
const WHO_AM_I = '/v1/whoami';

(server ? describe : describe.skip)(`three replicas on one database${server ? '' : ' (needs TEST_DATABASE_URL)'}`, () => {
  jest.setTimeout(60_000);

  let database: TemporaryDatabase;
  let redis: OwnRedis | undefined;
  let fleet: Fleet;
  let owner: Person;
  let first: ReplicaProcess;
  let second: ReplicaProcess;
  let third: ReplicaProcess;

  beforeAll(async () => {
    database = await temporaryDatabase();
    redis = hasRedis ? await OwnRedis.start() : undefined;
    fleet = await Fleet.start({ databaseUrl: database.url!, env: { DRAIN_SECONDS: '2', ...(redis ? { REDIS_URL: redis.url } : {}) } });
    [first, second, third] = fleet.replicas as [ReplicaProcess, ReplicaProcess, ReplicaProcess];
    owner = await fleet.setUp();
  }, 120_000);

  afterAll(async () => {
    await fleet.stop();
    await redis?.stop();
    await database.drop();
  });

  /** How many replicas there are, as the operator sees it. */
  const live = async (at = first): Promise<string[]> => {
    const { body } = await at.calls.send('GET', '/v1/replicas', { as: owner.token });
    const rows = body['data'] as Array<{ name: string; state: string }>;
    return rows.filter(({ state }) => state === 'live').map(({ name }) => name);
  };

  /** One that the machine gives no time for a while is taken for gone, and comes back. */
  const areLive = (names: readonly string[], at?: ReplicaProcess): Promise<void> =>
    until(
      async () => (await live(at)).join() === names.join(),
      () => `${names.join(', ')} are live`,
    );

  const saidBy = ({ headers }: Reply): number[] =>
    ['keystile-effective-on-replicas', 'keystile-effective-after-ms'].map((name) => Number(headers[name]));

  /** Takes something away while every replica remembers it and is asked without a pause. */
  async function takenAway(name: string): Promise<{ late: number; reply: Reply }> {
    const { probe, takeAway, notBefore } = await TAKEAWAYS[name]!(fleet, owner);
    const hammer = new Hammer(fleet.replicas, probe);
    await hammer.warm();
    const reply = await takeAway();
    const wait = notBefore ? Math.max(0, notBefore() - Date.now()) + 5 : 0;
    await sleep(wait);
    const { late } = await hammer.stop(reply.answeredAt + wait);
    return { late: late.length, reply };
  }

  it('start at once on an empty database: one migrates, all of them serve', async () => {
    await areLive(['replica-1', 'replica-2', 'replica-3']);
    for (const { calls } of fleet.replicas) expect((await calls.send('GET', '/health/ready')).status).toBe(200);
  });

  it('T09 accept no call that begins after the revoke was answered', async () => {
    for (let round = 0; round < 5; round++) {
      const { late, reply } = await takenAway('a key is revoked');
      expect(late).toBe(0);
      expect(reply.body['status']).toBe('revoked');
      expect(saidBy(reply)).toEqual([reply.body['effectiveOnReplicas'], reply.body['effectiveAfterMs']]);
    }
  });

  it.each(Object.keys(TAKEAWAYS))('accept no call that begins after the answer when %s', async (name) => {
    const { late, reply } = await takenAway(name);
    expect(late).toBe(0);
    expect(saidBy(reply)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  it('say that it holds on all of them', async () => {
    // One that the machine gives no time for half a second is not waited for.
    await until(
      async () => {
        const key = await fleet.issueKey(owner);
        const { body } = await fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
        return body['effectiveOnReplicas'] === 3;
      },
      () => 'all three confirm a revoke',
    );
  });

  it('answer a repeated revoke when it holds, and not before', async () => {
    const key = await fleet.issueKey(owner);
    const hammer = new Hammer(fleet.replicas, { path: WHO_AM_I, as: key.key });
    await hammer.warm();
    const revoke = (at: ReplicaProcess) => at.calls.send('POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
    const replies = await Promise.all([first, second, third].map(revoke));
    expect(replies.map(({ status, body }) => [status, body['status']])).toEqual(Array.from({ length: 3 }, () => [200, 'revoked']));
    const earliest = Math.min(...replies.map(({ answeredAt }) => answeredAt));
    expect((await hammer.stop(earliest)).late).toEqual([]);
  });

  it('remember nothing that was being read while it was taken away', async () => {
    const race = async (round: number): Promise<number[]> => {
      const key = await fleet.issueKey(owner);
      const uses = fleet.replicas.map(({ calls }) => calls.send('GET', WHO_AM_I, { as: key.key }));
      await sleep(round % 20);
      await fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      const later = await Promise.all(fleet.replicas.map(({ calls }) => calls.send('GET', WHO_AM_I, { as: key.key })));
      await Promise.all(uses);
      return later.map(({ status }) => status);
    };
    const workers = Array.from({ length: 4 }, async (_one, worker) => {
      const seen: number[] = [];
      for (let round = 0; round < 6; round++) seen.push(...(await race(worker * 5 + round * 3)));
      return seen;
    });
    expect(new Set((await Promise.all(workers)).flat())).toEqual(new Set([401]));
  });

  it('do not wait longer than a lease for one that stands still; it accepts nothing when it wakes', async () => {
    const key = await fleet.issueKey(owner);
    const warm = new Hammer(fleet.replicas, { path: WHO_AM_I, as: key.key });
    await warm.warm();
    await warm.stop(performance.now());
    third.freeze();
    const reply = await first.calls.send('POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
    expect(reply.body['status']).toBe('revoked');
    expect(reply.body['effectiveOnReplicas']).toBeLessThan(3);
    // They wait in the socket of the process that stands still, and are the first thing it finds.
    const waiting = Array.from({ length: 20 }, () => third.calls.send('GET', WHO_AM_I, { as: key.key }));
    await until(
      async () => !(await live()).includes(third.name),
      () => 'the others have noticed',
    );
    third.thaw();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([401]));
    await until(
      async () => (await live()).length === 3,
      () => 'it is back',
    );
  });

  it('answer 503 where the database cannot be asked any more, and accept nothing that was revoked meanwhile', async () => {
    const { proxy, url } = await FaultProxy.before(database.url!);
    const cut = await fleet.startOne('replica-4', { DATABASE_URL: url });
    try {
      const key = await fleet.issueKey(owner);
      const lasting = await fleet.issueKey(owner);
      for (const as of [key.key, lasting.key]) expect((await cut.calls.send('GET', WHO_AM_I, { as })).status).toBe(200);
      proxy.freeze();
      const reply = await fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      expect(reply.body['effectiveOnReplicas']).toBeLessThan(4);
      for (const as of [key.key, lasting.key]) expect((await cut.calls.send('GET', WHO_AM_I, { as })).status).toBe(503);
      await proxy.pass();
      await until(
        async () => (await cut.calls.send('GET', WHO_AM_I, { as: lasting.key })).status === 200,
        () => 'it is back',
      );
      expect((await cut.calls.send('GET', WHO_AM_I, { as: key.key })).status).toBe(401);
    } finally {
      await proxy.pass();
      await cut.stop();
      await proxy.stop();
    }
    await areLive(['replica-1', 'replica-2', 'replica-3']);
  });

  (hasRedis ? it : it.skip)('do without Redis when it is frozen, emptied or gone', async () => {
    const said = async (): Promise<unknown> => (await first.calls.send('GET', '/v1/replicas', { as: owner.token })).body['redis'];
    expect(await said()).toBe('connected');
    redis!.freeze();
    for (let round = 0; round < 3; round++) expect(await takenAway('a key is revoked')).toMatchObject({ late: 0 });
    expect(await said()).toBe('away');
    redis!.thaw();
    await until(
      async () => (await said()) === 'connected',
      () => 'Redis is back',
    );
    await redis!.stop();
    for (let round = 0; round < 3; round++) expect(await takenAway('a key is revoked')).toMatchObject({ late: 0 });
    await redis!.start();
    await until(
      async () => (await said()) === 'connected',
      () => 'Redis is back, and empty',
    );
    expect(await takenAway('a key is revoked')).toMatchObject({ late: 0 });
  });

  it('are restarted one after the other, and no request fails', async () => {
    const key = await fleet.issueKey(owner);
    const statuses = new Map<number | string, number>();
    const load = { isOn: true };
    const ready = new Set(fleet.replicas);
    /** As a proxy in front does: asks who is ready, and sends to those only. */
    const watch = async (): Promise<void> => {
      while (load.isOn) {
        for (const replica of fleet.replicas) {
          const status = await replica.calls.send('GET', '/health/ready').then(
            (answer) => answer.status,
            () => 0,
          );
          if (status === 200) ready.add(replica);
          else ready.delete(replica);
        }
        await sleep(50);
      }
    };
    const call = async (turn: number): Promise<number | string> => {
      const among = fleet.replicas.filter((replica) => ready.has(replica));
      return among[turn % among.length]!.calls.send('GET', WHO_AM_I, { as: key.key }).then(
        ({ status }) => status,
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error),
      );
    };
    const calling = Array.from({ length: 3 }, async () => {
      for (let turn = 0; load.isOn; turn++) {
        const status = await call(turn);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await sleep(5);
      }
    });
    const watching = watch();
    for (let i = 0; i < 3; i++) {
      await fleet.replicas[i]!.stop();
      fleet.replicas[i] = await fleet.startOne(`replica-${i + 4}`);
    }
    load.isOn = false;
    await Promise.all([watching, ...calling]);
    expect([...statuses.keys()]).toEqual([200]);
    await areLive(['replica-4', 'replica-5', 'replica-6'], fleet.replicas[0]);
  }, 120_000);
});

import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, type CallObserver, CallStore, type FinishedCall } from '../src/audit';
import { CallLog } from '../src/audit/call-log.entity';
import { CallTerms } from '../src/audit/call-terms';
import { CallWatermark } from '../src/audit/call-watermark.entity';
import { Completeness } from '../src/audit/completeness.service';
import { Journal, type JournalOptions } from '../src/audit/journal';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { FixedClock } from '../src/testing';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';
import { aCall, aKeyHolder } from './support/finished-call';
import { hearLog } from './support/heard-log';

/** What a store does by itself every second, and what a test ends as a kill would. */
interface Insides {
  readonly beat: () => Promise<void>;
  readonly storeNext: () => Promise<void>;
  readonly journal: Pick<Journal, 'flush' | 'written'> & { lock: { release(): void } };
  readonly writer: {
    mark(run: string): Promise<unknown>;
    storeNext(run: string, told: number): Promise<unknown>;
    parts: { batch?: number };
    drains: Map<string, unknown>;
  };
  readonly timer: NodeJS.Timeout;
  readonly heart: NodeJS.Timeout;
  drained: number;
  isClosed: boolean;
}

const insidesOf = (store: CallStore): Insides => store as unknown as Insides;

describe.each(databaseKinds)('what processes leave that are gone, stored into %s', (_name, create) => {
  let file: FreshDatabase;
  let database: DataSource;
  let dir: string;
  let clock: FixedClock;
  let said: string[];
  let isAlone: boolean;
  const stores: CallStore[] = [];

  const options = (given: Partial<JournalOptions>): JournalOptions => ({
    dir,
    maxBytes: 2 ** 30,
    sync: 'process',
    replica: 'here',
    ...given,
  });
  const newStore = (given: Partial<JournalOptions> = {}, observers: readonly CallObserver[] = []): CallStore => {
    const store = new CallStore(database, new CallTerms(database), clock, options(given), observers);
    stores.push(store);
    return store;
  };
  const many = (count: number): FinishedCall[] => Array.from({ length: count }, () => aCall({ principal: aKeyHolder() }));

  function killedWith(calls: readonly FinishedCall[], replica = 'here'): Journal {
    const journal = new Journal(options({ replica }), () => undefined, clock.now());
    journal.open();
    for (const call of calls) journal.append(call, 'whole');
    journal.flush();
    journal.close(false);
    return journal;
  }

  /** The lock goes, and nothing else happens any more. */
  function kill(store: CallStore): void {
    const insides = insidesOf(store);
    insides.journal.lock.release();
    clearTimeout(insides.timer);
    insides.isClosed = true;
    stores.splice(stores.indexOf(store), 1);
  }

  const stored = (): Promise<number> => database.manager.count(CallLog);
  const completeness = (store: CallStore) => new Completeness(database, store, clock).show({ operator: true });
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + 5_000;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error('It took more than five seconds');
      await nextTurn();
    }
  };

  beforeEach(async () => {
    file = await create();
    database = await openDatabase(file.url, callEntities);
    await migrateKeystile(database, callMigrations);
    isAlone = database.options.type === 'better-sqlite3';
    dir = mkdtempSync(join(tmpdir(), 'keystile-left-'));
    clock = new FixedClock();
    said = hearLog();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const store of stores.splice(0)) await store.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await file.drop();
  });

  it('is told to who hears of calls, where it was stored, and its process killed, before it was told', async () => {
    const dead = newStore({}, [{ callsStored: () => new Promise<void>(() => undefined) }]);
    const calls = many(5);
    for (const call of calls) dead.append(call);
    void dead.flush();
    await until(async () => (await stored()) === 5);
    await nextTurn();
    kill(dead);
    const told: string[] = [];
    const next = newStore({}, [{ callsStored: (some) => void told.push(...some.map(({ requestId }) => requestId)) }]);
    await next.onModuleInit();
    await next.flush();
    expect(await stored()).toBe(5);
    expect(told.toSorted()).toEqual(calls.map(({ requestId }) => requestId).toSorted());
  });

  it('is told by the thread that comes after one that ended, all of it', async () => {
    const told: string[] = [];
    const store = newStore({}, [{ callsStored: (some) => void told.push(...some.map(({ requestId }) => requestId)) }]);
    const { writer, journal } = insidesOf(store);
    Object.assign(writer, { parts: { ...writer.parts, batch: 4 } });
    const calls = many(11);
    for (const call of calls.slice(0, 6)) store.append(call);
    await store.flush();
    for (const call of calls.slice(6, 10)) store.append(call);
    journal.flush();
    // Committed by a thread that ended before it could say so.
    await writer.storeNext(store.run, insidesOf(store).drained);
    Object.assign(writer, { drains: new Map() });
    await store.flush();
    store.append(calls[10]!);
    await store.flush();
    expect(await stored()).toBe(11);
    expect(told.toSorted()).toEqual(calls.map(({ requestId }) => requestId).toSorted());
  });

  it('is waited for by each who reads, until it is told', async () => {
    let isTold = false;
    let tell!: () => void;
    const telling = new Promise<void>((resolve) => (tell = resolve));
    const store = newStore({}, [
      {
        async callsStored() {
          await telling;
          isTold = true;
        },
      },
    ]);
    store.append(aCall({ principal: aKeyHolder() }));
    const first = store.flush();
    await until(async () => (await stored()) === 1);
    await nextTurn();
    const second = store.flush().then(() => isTold);
    await nextTurn();
    tell();
    expect(await second).toBe(true);
    await first;
  });

  it.each([
    ['has another name, as a container that was made anew', 'c0ffee000001', 'c0ffee000002'],
    ['has a blank in its name', 'my host', 'my host'],
    ['has a name of 45 characters', 'k'.repeat(45), 'k'.repeat(45)],
  ])('is stored at the next start, where that %s, or waited for', async (_what, before, after) => {
    const { run } = killedWith(many(10), before);
    clock.move({ seconds: 5 });
    const store = newStore({ replica: after });
    await store.onModuleInit();
    await store.flush();
    const { data, completeUntil } = await completeness(store);
    if (isAlone || before === after) {
      expect(await stored()).toBe(10);
      expect(data.find((one) => one.run === run)).toMatchObject({ state: 'finished', pending: 0 });
    } else {
      // It may live: another replica waits half a minute, and says so.
      expect(await stored()).toBe(0);
      expect(completeUntil.getTime()).toBeLessThan(clock.now().getTime());
    }
  });

  it('is stored by one of two that start at once', async () => {
    for (let i = 0; i < 12; i++) killedWith(many(1));
    const both = [newStore(), newStore()];
    await Promise.all(both.map((store) => store.onModuleInit().then(() => store.flush())));
    await until(async () => (await stored()) === 12);
    expect(readdirSync(dir).filter((run) => both.every((store) => store.run !== run))).toEqual([]);
  });

  it('holds up nothing else where it cannot be read, and is stored once it can', async () => {
    const { folder, run } = killedWith(many(3));
    const store = newStore();
    const opened = fs.openSync;
    const failing = jest.spyOn(fs, 'openSync').mockImplementation((path, ...rest) => {
      if (String(path).startsWith(folder) && String(path).endsWith('.journal')) throw new Error('EIO: i/o error, read');
      return opened(path, ...rest);
    });
    const killedAt = clock.now();
    clock.move({ seconds: 5 });
    await store.onModuleInit();
    for (const call of many(10)) store.append(call);
    await store.flush();
    expect(await stored()).toBe(10);
    const { data, completeUntil } = await completeness(store);
    expect(data.find((one) => one.run === run)).not.toMatchObject({ state: 'finished' });
    expect(completeUntil).toEqual(killedAt);
    expect(said).toEqual([`What ${run} has left cannot be stored now, and is tried again: EIO: i/o error, read`]);
    failing.mockRestore();
    for (let second = 0; second < 30; second++) await insidesOf(store).beat();
    await store.flush();
    expect(await stored()).toBe(13);
    expect((await completeness(store)).completeUntil).toEqual(clock.now());
  });

  it('is known of, where its process answered something and stored nothing', async () => {
    const [store, other] = [newStore({ dir: join(dir, 'a') }), newStore({ replica: 'there', dir: join(dir, 'b') })];
    await store.onModuleInit();
    const known = await database.manager.findBy(CallWatermark, { run: store.run });
    // An embedded database has no others.
    if (isAlone) return;
    expect(known).toMatchObject([{ drained: 0, completeUntil: clock.now(), finishedAt: null }]);
    const answeredAt = clock.now();
    clock.move({ hours: 2 });
    await other.flush();
    expect((await completeness(other)).completeUntil).toEqual(answeredAt);
  });

  it('is known of a beat later, where the database kept nothing at the start', async () => {
    const store = newStore();
    const { writer, beat } = insidesOf(store);
    const refused = jest.spyOn(writer, 'mark').mockRejectedValueOnce(new Error('read-only'));
    await store.onModuleInit();
    const known = (): Promise<number> => database.manager.countBy(CallWatermark, { run: store.run });
    expect([refused.mock.calls.length, await known()]).toEqual(isAlone ? [0, 0] : [1, 0]);
    await beat.call(store);
    expect(await known()).toBe(isAlone ? 0 : 1);
    expect(said).toEqual(isAlone ? [] : ['Other replicas do not know of this start yet: read-only']);
  });

  it('is left by one who lives, where no lock says so: then it takes no more calls, and what was answered meanwhile is said to be missing', async () => {
    // An embedded database has no others.
    if (isAlone) return;
    const [store, other] = [newStore(), newStore({ replica: 'there' })];
    await store.onModuleInit();
    store.append(aCall());
    await store.flush();
    const insides = insidesOf(store);
    await insides.beat.call(store);
    clearInterval(insides.heart);
    // A volume without locks: nobody sees another's.
    rmSync(join(dir, store.run, 'lock'));
    clock.move({ seconds: 31 });
    await other.onModuleInit();
    await other.flush();
    const kept = await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve) => store.append(aCall(), resolve))));
    expect([kept.filter(Boolean).length, store.isRefusing]).toEqual([20, false]);
    await insides.beat.call(store);
    expect(store.isRefusing).toBe(true);
    expect(said).toContainEqual(expect.stringMatching(/^The journal is lost \(another process has taken it over\): calls are refused/));
    const { data, hasNoGaps } = await completeness(other);
    expect(hasNoGaps).toBe(false);
    expect(data.find(({ run }) => run === store.run)).toMatchObject({ state: 'finished', lastSequence: 21, missing: 20 });
    insides.journal.lock = { release: () => undefined };
    kill(store);
  });

  it('is not left by one whose watermark is gone because the database was set back: it makes another one', async () => {
    const store = newStore();
    await store.onModuleInit();
    await database.manager.delete(CallWatermark, { run: store.run });
    await insidesOf(store).beat.call(store);
    store.append(aCall());
    await store.flush().catch(() => store.flush());
    expect([store.isRefusing, await stored()]).toEqual([false, 1]);
    expect(await database.manager.findBy(CallWatermark, { run: store.run })).toMatchObject([{ drained: 1, finishedAt: null }]);
  });

  it('does not hold back what a busy replica says of itself: that is a few beats behind', async () => {
    const store = newStore();
    await store.onModuleInit();
    await store.flush();
    const { beat, journal, storeNext } = insidesOf(store);
    for (let second = 0; second < 6; second++) {
      clock.move({ seconds: 1 });
      store.append(aCall());
      journal.flush();
      await storeNext.call(store);
      // One is waiting at each beat, as where calls come all the time.
      store.append(aCall());
      await beat.call(store);
    }
    expect(clock.now().getTime() - store.completeUntil.getTime()).toBeLessThanOrEqual(2_000);
  });
});

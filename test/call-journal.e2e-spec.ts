import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import fs, {
  appendFileSync,
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, CallStore, type FinishedCall } from '../src/audit';
import { CallLog } from '../src/audit/call-log.entity';
import { CallSearches } from '../src/audit/call-search';
import { CallTerms } from '../src/audit/call-terms';
import { CallWatermark } from '../src/audit/call-watermark.entity';
import { Completeness } from '../src/audit/completeness.service';
import { Journal, type JournalOptions, lockRun, segmentsIn } from '../src/audit/journal';
import { UsageCounts } from '../src/audit/usage-counts';
import { UsageService } from '../src/audit/usage.service';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { FixedClock } from '../src/testing';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';
import { aCall, aKeyHolder } from './support/finished-call';
import { hearLog } from './support/heard-log';

const ORGANIZATION = 'org_00000000000000000000000001';
/** As Nest would make an access token's principal. */
const auditor = { ...aKeyHolder(), organizationId: ORGANIZATION };

describe.each(databaseKinds)('the journal of calls, drained into %s', (_name, create) => {
  let file: FreshDatabase;
  let database: DataSource;
  let dir: string;
  let clock: FixedClock;
  let said: string[];
  let occupied: { end(): Promise<void> } | undefined;
  const stores: CallStore[] = [];

  const options = (given: Partial<JournalOptions> = {}): JournalOptions => ({
    dir,
    maxBytes: 2 ** 30,
    sync: 'process',
    replica: 'here',
    ...given,
  });
  const newStore = (given: Partial<JournalOptions> = {}): CallStore => {
    const store = new CallStore(database, new CallTerms(database), clock, options(given));
    stores.push(store);
    return store;
  };

  /** What a process leaves that is killed: its rows are in the journal, and nobody has the lock. */
  function killedWith(calls: readonly FinishedCall[], replica = 'here', segmentBytes?: number): Journal {
    const journal = new Journal(
      options({ replica, ...(segmentBytes === undefined ? {} : { segmentBytes }) }),
      () => undefined,
      clock.now(),
    );
    journal.open();
    for (const call of calls) {
      journal.append(call, 'whole');
      if (segmentBytes !== undefined) journal.flush();
    }
    journal.flush();
    journal.close(false);
    return journal;
  }

  const breakIt = (): Promise<unknown> => database.query('ALTER TABLE keystile_call_logs RENAME TO hidden');
  const repairIt = (): Promise<unknown> => database.query('ALTER TABLE hidden RENAME TO keystile_call_logs');

  const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
  const filesOf = ({ run }: CallStore): string[] => readdirSync(join(dir, run)).filter((name) => name.endsWith('.journal'));
  const until = async (holds: () => boolean): Promise<void> => {
    const deadline = performance.now() + 5_000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error('It took more than five seconds');
      await turn();
    }
  };

  const FIRST = '0000000001.journal';
  const many = (count: number): FinishedCall[] => Array.from({ length: count }, () => aCall());

  /** Changes one byte of a record in the first file of a journal. */
  function damage(folder: string, record: number): void {
    const frames = readFrameEnds(join(folder, FIRST));
    frames[record - 1]![20]! ^= 1;
    writeFileSync(join(folder, FIRST), Buffer.concat(frames));
  }

  /** What a replica has said of itself before it was killed, as it does every second. */
  async function lastHeard(run: string, lastSequence: number): Promise<void> {
    const store = newStore({ replica: 'another' });
    await (store as unknown as { writer: { mark(run: string): Promise<unknown> } }).writer.mark(run);
    await store.onApplicationShutdown();
    await database.manager.update(CallWatermark, { run }, { lastSequence, aliveAt: clock.now() });
  }

  const completeness = (store: CallStore) => new Completeness(database, store, clock).show({ operator: true });
  const shownOf = async (store: CallStore, run: string) => (await completeness(store)).data.find((shown) => shown.run === run);

  beforeEach(async () => {
    file = await create();
    database = await openDatabase(file.url, callEntities);
    await migrateKeystile(database, callMigrations);
    dir = mkdtempSync(join(tmpdir(), 'keystile-journal-'));
    clock = new FixedClock();
    said = hearLog();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await occupied?.end();
    occupied = undefined;
    for (const store of stores.splice(0)) await store.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await file.drop();
  });

  const rows = (): Promise<CallLog[]> => database.manager.find(CallLog, { order: { id: 'ASC', tail: 'ASC' } });
  const tails = async (): Promise<number[]> => (await rows()).map(({ tail }) => tail);
  const marks = (): Promise<CallWatermark[]> => database.manager.find(CallWatermark, { order: { number: 'ASC' } });

  it('R01: stores what a killed process left before anything else, and takes its folder away', async () => {
    const calls = Array.from({ length: 2_345 }, () => aCall());
    const { run } = killedWith(calls);
    const store = newStore();
    await store.onModuleInit();
    await store.flush();
    expect(await tails()).toEqual(calls.map(({ tail }) => tail));
    expect(readdirSync(dir)).toEqual([store.run]);
    const [mark] = await marks();
    expect(mark).toMatchObject({ run, drained: 2_345, calls: 2_345, missing: 0, adoptedBy: store.run, finishedAt: clock.now() });
  });

  it('R01: reads up to a line that was torn', async () => {
    const calls = Array.from({ length: 20 }, () => aCall());
    const { folder } = killedWith(calls);
    appendFileSync(join(folder, '0000000001.journal'), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 91, 50]));
    await newStore().flush();
    expect(await tails()).toHaveLength(20);
    expect((await marks())[0]).toMatchObject({ drained: 20, missing: 0 });
    expect(said).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('R01: loses to a changed byte the record that it is in, says so, and keeps the file', async () => {
    const calls = many(50);
    const { folder, run } = killedWith(calls);
    await lastHeard(run, 50);
    damage(folder, 17);
    const store = newStore();
    expect(await completeness(store)).toMatchObject({ hasNoGaps: false });
    expect(await tails()).toEqual(calls.filter((_, i) => i !== 16).map(({ tail }) => tail));
    const whole = { state: 'finished', lastSequence: 50, drainedUpTo: 50, pending: 0, missing: 1, calls: 49 };
    expect(await shownOf(store, run)).toMatchObject(whole);
    expect(said).toEqual([
      `The journal of ${run} is damaged, 1 of its records are missing from the call log: it is kept as ${folder}.damaged`,
    ]);
    expect(readdirSync(dir)).toEqual([`${run}.damaged`]);
    expect(readdirSync(`${folder}.damaged`)).toContain(FIRST);
    await newStore().flush();
    clock.move({ days: 2 });
    expect(await shownOf(newStore({ replica: 'there' }), run)).toMatchObject(whole);
    expect(await marks()).toHaveLength(1);
    expect(said).toHaveLength(1);
  });

  it.each([
    ['the last record cannot be read', (folder: string) => damage(folder, 20), 1],
    [
      'the length of the last record cannot be right',
      (folder: string) => {
        const frames = readFrameEnds(join(folder, FIRST));
        frames[19]![1]! ^= 4;
        writeFileSync(join(folder, FIRST), Buffer.concat(frames));
      },
      1,
    ],
    ['all are unreadable', (folder: string) => writeFileSync(join(folder, FIRST), Buffer.alloc(5_000, 'x')), 1],
  ])('R01: says so when %s, though nobody has said how many there were', async (_what, harm, missing) => {
    const { folder, run } = killedWith(many(20));
    harm(folder);
    const store = newStore();
    expect((await completeness(store)).hasNoGaps).toBe(false);
    expect(await shownOf(store, run)).toMatchObject({ state: 'finished', pending: 0, missing });
    expect(readdirSync(dir)).toEqual([`${run}.damaged`]);
    expect(said).toEqual([expect.stringContaining(`${missing} of its records`)]);
  });

  it('R01: counts what a dead replica has said it had written, and is not in its journal', async () => {
    const { folder, run } = killedWith(many(50));
    await lastHeard(run, 50);
    writeFileSync(join(folder, FIRST), Buffer.concat(readFrameEnds(join(folder, FIRST)).slice(0, 16)));
    const store = newStore();
    expect((await completeness(store)).hasNoGaps).toBe(false);
    expect(await shownOf(store, run)).toMatchObject({
      state: 'finished',
      lastSequence: 50,
      drainedUpTo: 16,
      pending: 0,
      missing: 34,
      calls: 16,
    });
    expect(said).toEqual([expect.stringContaining('34 of its records')]);
    expect(readdirSync(dir)).toEqual([`${run}.damaged`]);
  });

  it('R01: goes on behind a file that is gone', async () => {
    const { folder, run } = killedWith(many(30), 'here', 2_000);
    const files = readdirSync(folder).filter((name) => name.endsWith('.journal'));
    expect(files.length).toBeGreaterThan(2);
    const lost = readFrameEnds(join(folder, files[1]!)).length;
    rmSync(join(folder, files[1]!));
    const store = newStore();
    await store.flush();
    expect(await shownOf(store, run)).toMatchObject({ missing: lost, calls: 30 - lost, drainedUpTo: 30 });
    expect(said).toEqual([expect.stringContaining(`${lost} of its records`)]);
  });

  it('R01: counts what is missing once, wherever the one who drained was killed, and however many do', async () => {
    const { folder, run } = killedWith(many(2_500));
    await lastHeard(run, 2_510);
    damage(folder, 700);
    const copy = join(dir, '..', `${run}.copy`);
    cpSync(folder, copy, { recursive: true });
    const missing = { missing: 11, calls: 2_499, state: 'finished' };
    const first = newStore();
    expect(await shownOf(first, run)).toMatchObject(missing);
    await first.onApplicationShutdown();
    // As if it had been killed before it set the folder aside.
    rmSync(`${folder}.damaged`, { recursive: true });
    cpSync(copy, folder, { recursive: true });
    const second = newStore();
    expect(await shownOf(second, run)).toMatchObject(missing);
    await second.onApplicationShutdown();
    // As if it had been killed between two batches.
    cpSync(copy, folder, { recursive: true });
    rmSync(copy, { recursive: true });
    await database.manager.update(CallWatermark, { run }, { finishedAt: null, drained: 1_000, missing: 1, calls: 999 });
    const [one, other] = [newStore(), newStore({ replica: 'here' })];
    await Promise.all([one.flush(), other.flush()]);
    expect(await shownOf(one, run)).toMatchObject(missing);
    expect(await database.manager.count(CallLog)).toBe(2_499);
    expect(readdirSync(dir)).toEqual([`${run}.2.damaged`, `${run}.damaged`]);
  });

  it('A19: waits for what a dead replica has not stored, and calls it a gap once it counts as lost', async () => {
    const { folder, run } = killedWith(many(50), 'there');
    await lastHeard(run, 50);
    const [lost] = await marks();
    rmSync(folder, { recursive: true });
    const store = newStore();
    clock.move({ hours: 23 });
    // Nobody else serves an embedded database: there it is lost at once.
    const waits = database.options.type !== 'better-sqlite3';
    expect(await completeness(store)).toMatchObject({ hasNoGaps: waits, completeUntil: waits ? lost!.completeUntil : clock.now() });
    expect(await shownOf(store, run)).toMatchObject({ state: 'left_behind', pending: 50, missing: 0 });
    clock.move({ hours: 1 });
    expect(await completeness(newStore())).toMatchObject({ hasNoGaps: false, completeUntil: clock.now() });
  });

  it('A19: calls a single lost call a gap, too', async () => {
    const { folder, run } = killedWith(many(1), 'there');
    await lastHeard(run, 1);
    rmSync(folder, { recursive: true });
    clock.move({ hours: 24 });
    const store = newStore();
    expect(await completeness(store)).toMatchObject({ hasNoGaps: false, completeUntil: clock.now() });
    expect(await shownOf(store, run)).toMatchObject({ state: 'left_behind', lastSequence: 1, pending: 1, missing: 0 });
  });

  it('A19: is no gap what is just being stored, however old', async () => {
    const runs = [killedWith(many(3)).run, killedWith(many(3)).run];
    for (const run of runs) await lastHeard(run, 3);
    const [left] = await marks();
    clock.move({ days: 3 });
    const store = newStore();
    const flush = jest.spyOn(store, 'flush').mockImplementation(async () => {
      await (store as unknown as { storeNext(): Promise<void>; askOthers(): Promise<void> }).storeNext();
      await (store as unknown as { storeNext(): Promise<void>; askOthers(): Promise<void> }).askOthers();
    });
    expect(await completeness(store)).toMatchObject({ hasNoGaps: true, completeUntil: left!.completeUntil });
    flush.mockRestore();
    expect(await completeness(store)).toMatchObject({ hasNoGaps: true, completeUntil: clock.now() });
    for (const run of runs) expect(await shownOf(store, run)).toMatchObject({ state: 'finished', pending: 0, missing: 0 });
  });

  it('A19: says so when its own journal is damaged, goes on, and leaves the file to the next start', async () => {
    const store = newStore();
    await breakIt();
    for (const call of many(10)) store.append(call);
    await expect(store.flush()).rejects.toThrow();
    said.length = 0;
    const later = aCall();
    store.append(later);
    await expect(store.flush()).rejects.toThrow();
    await repairIt();
    // What was read is remembered; so another one reads.
    Object.assign((store as unknown as { writer: { drains: Map<string, unknown> } }).writer, { drains: new Map() });
    damage(join(dir, store.run), 4);
    said.length = 0;
    expect((await completeness(store)).hasNoGaps).toBe(false);
    expect(await tails()).toHaveLength(10);
    expect(said).toEqual(['The journal is damaged: 1 of its records are missing from the call log']);
    await store.onApplicationShutdown();
    expect(readdirSync(dir)).toEqual([store.run]);
    await newStore().flush();
    expect(readdirSync(dir)).toEqual([`${store.run}.damaged`]);
    expect(await tails()).toHaveLength(10);
  });

  it('R01: stores no call twice, wherever the one who drained was killed', async () => {
    const calls = Array.from({ length: 1_500 }, () => aCall({ principal: aKeyHolder() }));
    const { folder, run } = killedWith(calls);
    const copy = join(dir, '..', `${run}.copy`);
    cpSync(folder, copy, { recursive: true });
    const first = newStore();
    await first.flush();
    await first.onApplicationShutdown();
    // As if it had been killed before it took the folder away.
    cpSync(copy, folder, { recursive: true });
    rmSync(copy, { recursive: true });
    await newStore().flush();
    expect(await tails()).toHaveLength(1_500);
    for (const table of ['key', 'route', 'code']) {
      const [{ calls: counted }] = await database.query<[{ calls: unknown }]>(`SELECT SUM(calls) AS calls FROM keystile_usage_by_${table}`);
      expect(Number(counted)).toBe(1_500);
    }
  });

  it('leaves alone what belongs to a process that lives', async () => {
    const { folder } = killedWith([aCall()]);
    const lock = lockRun(folder);
    await newStore().flush();
    expect(await tails()).toEqual([]);
    lock.release();
    await newStore().flush();
    expect(await tails()).toHaveLength(1);
  });

  it('adopts what another replica left, once it has been silent', async () => {
    killedWith([aCall()], 'there');
    const store = newStore();
    await store.flush();
    // Nobody else serves an embedded database: whoever has let go of the lock is gone, whatever its name was.
    const isAlone = database.options.type === 'better-sqlite3';
    expect(await tails()).toHaveLength(isAlone ? 1 : 0);
    expect(store.completeUntil).toEqual(clock.now());
    await store.onApplicationShutdown();
    clock.move({ seconds: 31 });
    const [one, other] = [newStore(), newStore({ replica: 'elsewhere' })];
    await Promise.all([one.flush(), other.flush()]);
    expect(await tails()).toHaveLength(1);
  });

  it('answers when the row is in the file, all of one turn at once', async () => {
    const store = newStore();
    const kept: boolean[] = [];
    for (let i = 0; i < 5; i++) store.append(aCall(), (is) => kept.push(is));
    expect(kept).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept).toEqual([true, true, true, true, true]);
  });

  it('R02: answers after the disk has it, where that is asked for', async () => {
    const store = newStore({ sync: 'fsync' });
    const kept = await Promise.all(Array.from({ length: 40 }, () => new Promise((resolve) => store.append(aCall(), resolve))));
    expect(kept).toEqual(Array(40).fill(true));
    await store.flush();
    expect(await tails()).toHaveLength(40);
  });

  it('R02: answers everything, in whichever file it is, while a sync takes its time', async () => {
    const store = newStore({ sync: 'fsync', segmentBytes: 1_000 });
    occupied = occupyDisk(dir);
    const kept: boolean[] = [];
    for (let i = 0; i < 40; i++) {
      store.append(aCall(), (is) => kept.push(is));
      await turn();
    }
    expect(filesOf(store).length).toBeGreaterThan(5);
    expect(kept).toEqual([]);
    // A streamed answer goes at once, so it does not wait for the others.
    expect(store.begin(aCall())).toBe(true);
    await occupied?.end();
    await until(() => kept.length === 40);
    expect(kept).toEqual(Array(40).fill(true));
    expect([store.isRefusing, said]).toEqual([false, []]);
    await store.flush();
    expect(await tails()).toHaveLength(41);
  });

  it('R02: answers nothing whose row a sync that failed may have taken with it', async () => {
    const store = newStore({ sync: 'fsync' });
    const syncs: Array<(error: Error | null) => void> = [];
    jest.spyOn(fs, 'fdatasync').mockImplementation((_file, done) => void syncs.push(done));
    const kept: boolean[] = [];
    for (let i = 0; i < 2; i++) {
      store.append(aCall(), (is) => kept.push(is));
      await turn();
    }
    expect([syncs.length, kept]).toEqual([1, []]);
    // The system says once that a write has failed, whichever of them it was.
    syncs[0]!(new Error('EIO: i/o error'));
    expect([syncs.length, kept, store.isRefusing]).toEqual([1, [false, false], true]);
  });

  it('R02: lets nothing in while the disk takes what is written and does not keep it', async () => {
    const store = newStore({ sync: 'fsync' });
    const { journal } = store as unknown as { journal: { tryAgain(): void } };
    expect(await new Promise((resolve) => store.append(aCall(), resolve))).toBe(true);
    const full = new Error('ENOSPC: no space left on device');
    jest.spyOn(fs, 'fdatasync').mockImplementation((_file, done) => setImmediate(() => done(full)) as unknown as void);
    const failing = jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
      throw full;
    });
    expect(await new Promise((resolve) => store.append(aCall(), resolve))).toBe(false);
    for (let i = 0; i < 3; i++) {
      journal.tryAgain();
      expect(store.isRefusing).toBe(true);
    }
    expect(failing).toHaveBeenCalledTimes(3);
    jest.restoreAllMocks();
    journal.tryAgain();
    expect(store.isRefusing).toBe(false);
  });

  it('R02: lets go of its files when it ends while a sync takes its time', async () => {
    const store = newStore({ sync: 'fsync' });
    occupied = occupyDisk(dir);
    const kept = [new Promise((resolve) => store.append(aCall(), resolve))];
    await turn();
    kept.push(new Promise((resolve) => store.append(aCall(), resolve)));
    await turn();
    await store.onApplicationShutdown();
    await occupied?.end();
    expect(await Promise.all(kept)).toEqual([true, false]);
    expect([store.isRefusing, said]).toEqual([false, []]);
    expect(await tails()).toHaveLength(2);
  });

  describe('on a disk that takes what is written and then cannot keep it', () => {
    let journal: Journal;
    let kept: boolean[];
    /** Fills a file. */
    const large = aCall({ path: 'x'.repeat(500) });

    /** The system says so itself: what a device without a disk is asked to keep, it refuses. */
    beforeEach(async () => {
      kept = [];
      journal = new Journal(options({ sync: 'fsync', segmentBytes: 500 }), (words) => said.push(words), clock.now());
      journal.open();
      symlinkSync('/dev/null', join(journal.folder, '0000000002.journal'));
      const first = new Promise((resolve) => journal.append(large, 'whole', resolve));
      expect([await first, journal.kept]).toEqual([true, 1]);
    });

    afterEach(() => journal.close(false));

    const append = (call = aCall()): void => journal.append(call, 'whole', (is) => kept.push(is));

    it('R02: lets no answer go, says so, and refuses calls', async () => {
      append();
      append();
      await until(() => kept.length === 2);
      expect([kept, journal.kept, journal.isRefusing]).toEqual([[false, false], 1, true]);
      expect(said).toEqual([expect.stringMatching(/^The journal cannot be written \(.*fdatasync.*\): calls are refused until it can$/)]);
    });

    it('R02: begins no answer that is streamed, and lets none go that waits', async () => {
      occupied = occupyDisk(dir);
      for (let i = 0; i < 2; i++) {
        append();
        await turn();
      }
      expect(kept).toEqual([]);
      expect(journal.appendNow(aCall())).toBe(false);
      expect([kept, journal.kept, journal.isRefusing]).toEqual([[false, false], 1, true]);
      await occupied.end();
    });

    it('R02: lets no answer go whose row is in the file before', async () => {
      occupied = occupyDisk(dir);
      append(large);
      await turn();
      // This one is for the next file, which is not begun before the last one is kept.
      append();
      await turn();
      expect([kept, journal.kept, journal.isRefusing, segmentsIn(journal.folder)]).toEqual([[false], 1, true, [1, 2]]);
      await occupied.end();
    });
  });

  it.each(['process', 'fsync'] as const)('begins a file of which somebody has left something, and keeps all (%s)', async (mode) => {
    const store = newStore({ segmentBytes: 1_000, sync: mode });
    await store.onModuleInit();
    writeFileSync(join(dir, store.run, '0000000002.journal'), Buffer.alloc(3_000, 1));
    await breakIt();
    const kept = await Promise.all(many(20).map((call) => new Promise((resolve) => setImmediate(() => store.append(call, resolve)))));
    expect([kept, store.isRefusing]).toEqual([Array(20).fill(true), false]);
    for (let i = 0; i < 20; i++) expect(await new Promise((resolve) => store.append(aCall(), resolve))).toBe(true);
    expect(filesOf(store).length).toBeGreaterThan(2);
    await repairIt();
    await store.flush();
    expect(await completeness(store)).toMatchObject({ hasNoGaps: true });
    expect(await tails()).toHaveLength(40);
  });

  it('has one row of a streamed call, which its end completes, in one batch or in two', async () => {
    const store = newStore();
    const [short, long] = [aCall({ status: 200, latencyMicroseconds: 500, responseBytes: 0 }), aCall({ principal: aKeyHolder() })];
    expect(store.begin(short)).toBe(true);
    store.complete({ ...short, latencyMicroseconds: 9_000, responseBytes: 70 }, short);
    expect(store.begin(long)).toBe(true);
    await store.flush();
    store.complete({ ...long, status: 499, latencyMicroseconds: 5_000_000, responseBytes: 7 }, long);
    await store.flush();
    expect(await rows()).toMatchObject([
      { latencyMicroseconds: 9_000, responseBytes: 70, status: 200 },
      { latencyMicroseconds: 5_000_000, responseBytes: 7, status: 499 },
    ]);
    const counted = await database.query<Array<{ status: number; calls: unknown }>>(
      'SELECT status, SUM(calls) AS calls FROM keystile_usage_by_code GROUP BY status ORDER BY status',
    );
    expect(counted.map(({ status, calls }) => [status, Number(calls)])).toEqual([
      [200, 1],
      [499, 1],
    ]);
    expect((await marks())[0]).toMatchObject({ calls: 2, drained: 4 });
  });

  it('goes on in another file when one is large, and deletes what is stored', async () => {
    const store = newStore({ segmentBytes: 100_000 });
    await breakIt();
    for (let i = 0; i < 30; i++) {
      for (let n = 0; n < 100; n++) store.append(aCall());
      await turn();
    }
    expect(filesOf(store).length).toBeGreaterThan(3);
    await repairIt();
    await store.flush();
    expect(filesOf(store)).toHaveLength(1);
    expect(await database.manager.count(CallLog)).toBe(3_000);
  });

  it('R18: refuses calls when the journal is as large as it may get, and lets them in again once it is stored', async () => {
    const store = newStore({ maxBytes: 500_000, segmentBytes: 100_000 });
    await breakIt();
    for (let i = 0; !store.isRefusing && i < 100; i++) {
      for (let n = 0; n < 100; n++) store.append(aCall());
      await turn();
    }
    expect(store.isRefusing).toBe(true);
    const { pending } = store;
    await repairIt();
    await store.flush();
    expect(store.isRefusing).toBe(false);
    expect(await database.manager.count(CallLog)).toBe(pending);
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? describe : describe.skip)(`on a disk of 8 MiB${isRoot ? '' : ' (needs root, to mount one)'}`, () => {
    beforeEach(() => execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir]));
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.onApplicationShutdown();
      // Lazily: a process that was just started by somebody may still hold what it inherited.
      execFileSync('umount', ['--lazy', dir]);
    });

    /** Writes until nothing fits any more. */
    const fill = (): void => {
      const filler = openSync(join(dir, 'filler'), 'a');
      try {
        for (let size = 65_536; size >= 1; size /= 2) {
          try {
            while (writeSync(filler, Buffer.alloc(size)) === size);
          } catch {
            // It is as full as with pieces of this size.
          }
        }
      } finally {
        closeSync(filler);
      }
    };

    it('R07: keeps the calls under way, refuses new ones, and goes on by itself when there is room', async () => {
      const store = newStore();
      await store.onModuleInit();
      store.append(aCall());
      await turn();
      fill();
      // More than what is left of the page that is being written.
      const kept = await Promise.all(Array.from({ length: 500 }, () => new Promise((resolve) => store.append(aCall(), resolve))));
      expect(kept).toEqual(Array(500).fill(true));
      expect(store.isRefusing).toBe(true);
      expect(said).toEqual([expect.stringContaining('calls are refused until it can')]);
      rmSync(join(dir, 'filler'));
      await until(() => !store.isRefusing);
      expect(said).toHaveLength(2);
      await store.flush();
      expect(await tails()).toHaveLength(501);
    });

    it('R07: holds answers that not even the ballast has room for, and lets them go when there is room', async () => {
      const store = newStore();
      await store.onModuleInit();
      fill();
      let kept = 0;
      const call = aCall({ userAgent: 'x'.repeat(200), path: 'y'.repeat(500), referrer: 'z'.repeat(250) });
      for (let i = 0; i < 2_000; i++) store.append({ ...call, tail: i }, (is) => (kept += is ? 1 : 0));
      await turn();
      expect([kept, store.isRefusing]).toEqual([0, true]);
      expect(store.begin(aCall())).toBe(false);
      rmSync(join(dir, 'filler'));
      await until(() => !store.isRefusing);
      expect(kept).toBe(2_000);
      await store.flush();
      expect((await tails()).length).toBeGreaterThanOrEqual(2_000);
    });

    it('R02: lets those go after the disk has them, where that is asked for', async () => {
      const store = newStore({ sync: 'fsync' });
      await store.onModuleInit();
      fill();
      let kept = 0;
      const call = aCall({ userAgent: 'x'.repeat(200), path: 'y'.repeat(500), referrer: 'z'.repeat(250) });
      for (let i = 0; i < 2_000; i++) store.append({ ...call, tail: i }, (is) => (kept += is ? 1 : 0));
      await turn();
      const aside = mkdtempSync(join(tmpdir(), 'keystile-occupied-'));
      occupied = occupyDisk(aside);
      rmSync(join(dir, 'filler'));
      await until(() => !store.isRefusing);
      expect(kept).toBe(0);
      await occupied?.end();
      await until(() => kept === 2_000);
      rmSync(aside, { recursive: true });
    });
  });

  it('A19: says of each start how much of it is in the log', async () => {
    const { run } = killedWith([aCall(), aCall()]);
    const store = newStore();
    store.append(aCall());
    const { data, hasNoGaps, completeUntil } = await new Completeness(database, store, clock).show({ operator: true });
    expect([hasNoGaps, completeUntil]).toEqual([true, clock.now()]);
    const all = { firstSequence: 1, pending: 0, missing: 0 };
    expect(data).toEqual(
      [
        expect.objectContaining({ ...all, run: store.run, state: 'running', lastSequence: 1, drainedUpTo: 1, calls: 1, adoptedBy: null }),
        expect.objectContaining({ ...all, run, state: 'finished', lastSequence: 2, drainedUpTo: 2, calls: 2, adoptedBy: store.run }),
      ].toSorted((a, b) => (a.sample.run === data[0]!.run ? -1 : b.sample.run === data[0]!.run ? 1 : 0)),
    );
  });

  it('A19: says so when a journal has a hole', async () => {
    const { folder } = killedWith(Array.from({ length: 3 }, () => aCall()));
    const other = killedWith([aCall()]);
    rmSync(join(other.folder), { recursive: true });
    // The second record is gone; the files of another start, cut together.
    const journal = new Journal(options(), () => undefined, clock.now());
    journal.open();
    for (const call of [aCall(), aCall(), aCall()]) journal.append(call, 'whole');
    journal.flush();
    journal.close(false);
    const path = join(journal.folder, '0000000001.journal');
    const bytes = readFrameEnds(path);
    writeFileSync(path, Buffer.concat([bytes[0]!, bytes[2]!]));
    const store = newStore();
    const shown = await new Completeness(database, store, clock).show({ operator: true });
    expect(shown.hasNoGaps).toBe(false);
    expect(shown.data.find(({ run }) => run === journal.run)).toMatchObject({ missing: 1, drainedUpTo: 3, calls: 2 });
    expect(readdirSync(dir)).not.toContain(basename(folder));
  });

  it('T30: counts from roll-ups exactly what the calls themselves say, and percentiles within 1.6 %', async () => {
    const calls = fc.record({
      minute: fc.integer({ min: 0, max: 150 }),
      key: fc.integer({ min: 0, max: 2 }),
      route: fc.constantFrom('/a', '/b', null),
      status: fc.constantFrom(200, 201, 401, 404, 429, 500),
      code: fc.constantFrom(null, 'not_found', 'rate_limited'),
      latencyMicroseconds: fc.integer({ min: 0, max: 2 ** 33 }),
      isStreamed: fc.boolean(),
    });
    const start = clock.now().getTime();
    const store = newStore();
    const terms = new CallTerms(database);
    const usage = new UsageService(new UsageCounts(database, new CallSearches(terms), terms), terms, store, clock);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { maxLength: 40 }), fc.integer({ min: 0, max: 59 }), async (some, offset) => {
        const organizationId = `org_${String((number += 1)).padStart(26, '0')}`;
        for (const { minute, key, isStreamed, ...given } of some) {
          const id = `key_0000000000000000000000000${key}`;
          const principal = aKeyHolder({ organizationId, id });
          const call = aCall({ ...given, at: new Date(start + minute * 60_000), principal });
          if (!isStreamed) store.append(call);
          else {
            const before = { ...call, status: 200, code: null, latencyMicroseconds: 10 };
            store.begin(before);
            if (minute % 2 === 0) await store.flush();
            store.complete(call, before);
          }
        }
        // Six hours at most, so that the same can be asked by the minute, which counts the calls.
        const range = {
          from: new Date(start + offset * 60_000).toISOString(),
          to: new Date(start + (100 + offset) * 60_000).toISOString(),
        };
        for (const groupBy of [undefined, 'key', 'route', 'status', 'code'] as const) {
          const ask = (interval: 'minute' | 'hour') =>
            usage.usage({ ...auditor, organizationId }, { ...range, interval, ...(groupBy ? { groupBy } : {}) });
          const [byHour, byMinute] = [await ask('hour'), await ask('minute')];
          const sums = (view: typeof byHour): object => {
            const found: Record<string, number[]> = {};
            for (const { at, group, calls: count, errors, denied } of view.data) {
              const name = `${new Date(at).toISOString().slice(0, 13)} ${group}`;
              const known = found[name] ?? [0, 0, 0];
              found[name] = [known[0]! + count, known[1]! + errors, known[2]! + denied];
            }
            return found;
          };
          expect(sums(byHour)).toEqual(sums(byMinute));
        }
        const { data } = await usage.usage({ ...auditor, organizationId }, { ...range, interval: 'hour' });
        for (const { at, p50Ms, p95Ms, p99Ms } of data) {
          const hour = new Date(at).getTime();
          const inIt = some
            .map(({ minute, latencyMicroseconds }) => ({ time: start + minute * 60_000, latencyMicroseconds }))
            .filter(({ time }) => time >= hour && time < hour + 3_600_000 && time >= Date.parse(range.from) && time < Date.parse(range.to));
          const latencies = inIt.map(({ latencyMicroseconds }) => latencyMicroseconds).toSorted((a, b) => a - b);
          for (const [share, found] of [
            [0.5, p50Ms],
            [0.95, p95Ms],
            [0.99, p99Ms],
          ] as const) {
            const exact = latencies[Math.max(1, Math.ceil(share * latencies.length)) - 1]!;
            expect(Math.abs(found * 1_000 - exact)).toBeLessThanOrEqual(exact * 0.016 + 0.5);
          }
        }
      }),
      { numRuns: 12 },
    );
  });
});

/** Holds up whatever Node does with files besides, until it ends: each of its threads waits for somebody to write into a pipe. */
function occupyDisk(dir: string): { end(): Promise<void> } {
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const waiting = Array.from({ length: Number(process.env.UV_THREADPOOL_SIZE ?? 4) }, () => open(pipe, 'r'));
  let isOver = false;
  return {
    async end() {
      if (isOver) return;
      isOver = true;
      const writer = openSync(pipe, 'r+');
      for (const reader of await Promise.all(waiting)) await reader.close();
      closeSync(writer);
    },
  };
}

/** The frames of a file, each as its bytes. */
function readFrameEnds(path: string): Buffer[] {
  const all = readFileSync(path);
  const frames: Buffer[] = [];
  for (let start = 0; start < all.length;) {
    const end = start + 8 + all.readUInt32LE(start);
    frames.push(all.subarray(start, end));
    start = end;
  }
  return frames;
}

import { Logger } from '@nestjs/common';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, CallStore, type FinishedCall, type StoredCall } from '../src/audit';
import { CallLog } from '../src/audit/call-log.entity';
import { CallTerms } from '../src/audit/call-terms';
import { CallWatermark } from '../src/audit/call-watermark.entity';
import { Journal } from '../src/audit/journal';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { FixedClock } from '../src/testing';
import { aCall, aKeyHolder } from './support/finished-call';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';

describe.each(databaseKinds)('a thread that stores calls into %s', (_name, create) => {
  let fresh: FreshDatabase;
  let database: DataSource;
  let dir: string;
  let store: CallStore;
  let told: StoredCall[];
  let warnings: string[];
  const clock = new FixedClock();

  const journal = () => ({ dir, maxBytes: 2 ** 30, sync: 'process' as const, replica: 'here' });
  const newStore = (): CallStore => {
    const execArgv = ['-r', join(__dirname, 'support/typescript.cjs')];
    const options = { ...journal(), worker: { databaseUrl: fresh.url, execArgv } };
    return new CallStore(database, new CallTerms(database), clock, options, [{ callsStored: (calls) => void told.push(...calls) }]);
  };
  /** Ends the thread as a fault in it would. */
  const crash = async (): Promise<void> => {
    await (store as unknown as { writer: { worker?: Worker } }).writer.worker?.terminate();
  };
  const many = (count: number): FinishedCall[] => Array.from({ length: count }, () => aCall({ principal: aKeyHolder() }));
  const stored = async (): Promise<number[]> => (await database.manager.find(CallLog)).map(({ tail }) => tail).toSorted((a, b) => a - b);
  const sorted = (calls: readonly FinishedCall[]): number[] => calls.map(({ tail }) => tail).toSorted((a, b) => a - b);
  const ids = (calls: readonly StoredCall[]): string[] => calls.map(({ requestId }) => requestId).toSorted();

  beforeEach(async () => {
    fresh = await create();
    database = await openDatabase(fresh.url, callEntities);
    await migrateKeystile(database, callMigrations);
    dir = mkdtempSync(join(tmpdir(), 'keystile-worker-'));
    told = [];
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((words: unknown) => void warnings.push(String(words)));
    store = newStore();
  });

  afterEach(async () => {
    await store.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await fresh.drop();
  });

  it('stores what was answered before a read, and tells those who wait for it', async () => {
    await store.onModuleInit();
    const call = aCall({
      principal: aKeyHolder(),
      subjectKeyId: 'key_00000000000000000000000009',
      status: 403,
      code: 'insufficient_scope',
    });
    store.append(call);
    await store.flush();
    expect(await stored()).toEqual([call.tail]);
    const { requestId, at, method, route, ip, status, code, latencyMicroseconds, subjectKeyId } = call;
    const { type, id, environment, credentialPrefix } = aKeyHolder();
    const principal = { type, id, environment, credentialPrefix };
    expect(told).toEqual([{ requestId, at, method, route, ip, status, code, latencyMicroseconds, subjectKeyId, principal, suspect: null }]);
  });

  it('R01: is replaced when it ends, and neither loses, doubles nor forgets to tell of a call', async () => {
    await store.onModuleInit();
    const calls = many(3_000);
    for (const [i, call] of calls.entries()) {
      store.append(call);
      if (i % 1_000 !== 999) continue;
      const flushed = store.flush();
      await Promise.all([crash(), flushed]);
    }
    await store.flush();
    expect(await stored()).toEqual(sorted(calls));
    expect(ids(told)).toEqual(calls.map(({ requestId }) => requestId).toSorted());
    const [{ calls: counted }] = await database.query<[{ calls: unknown }]>('SELECT SUM(calls) AS calls FROM keystile_usage_by_key');
    expect(Number(counted)).toBe(3_000);
    // Each thread compiles everything anew here.
  }, 120_000);

  it('tells of what was stored by a thread that ended before it could say so', async () => {
    await store.onModuleInit();
    const calls = many(10);
    for (const call of calls) store.append(call);
    await store.flush();
    told = [];
    // As if the answer of the thread had never come.
    Object.assign(store, { drained: 4, told: 4, firstPending: 0 });
    await crash();
    await store.flush();
    expect(ids(told)).toEqual(ids(calls.slice(4)));
    expect(await stored()).toEqual(sorted(calls));
  });

  it('stores what a killed process left', async () => {
    const left = new Journal({ ...journal(), replica: 'here' }, () => undefined, clock.now());
    left.open();
    const calls = many(2_500);
    for (const call of calls) left.append(call, 'whole');
    left.flush();
    left.close(false);
    await store.onModuleInit();
    await store.flush();
    expect(await stored()).toEqual(sorted(calls));
    expect(told).toHaveLength(2_500);
    expect(readdirSync(dir)).toEqual([store.run]);
    expect(await database.manager.findOneByOrFail(CallWatermark, { run: left.run })).toMatchObject({ adoptedBy: store.run, missing: 0 });
  });

  it('says so when the database cannot be written, and goes on by itself', async () => {
    await store.onModuleInit();
    await database.query('ALTER TABLE keystile_call_logs RENAME TO hidden');
    store.append(aCall());
    await expect(store.flush()).rejects.toThrow();
    expect(warnings.join()).toContain('1 are waiting');
    await database.query('ALTER TABLE hidden RENAME TO keystile_call_logs');
    await store.flush();
    expect(await stored()).toHaveLength(1);
  });

  it('R15: stores everything before it ends with the process', async () => {
    await store.onModuleInit();
    const calls = many(1_234);
    for (const call of calls) store.append(call);
    await store.onApplicationShutdown();
    expect(await stored()).toEqual(sorted(calls));
    expect(readdirSync(dir)).toEqual([]);
    const [mark] = await database.manager.find(CallWatermark);
    expect(mark).toMatchObject({ drained: 1_234, finishedAt: expect.any(Date) });
  });
});

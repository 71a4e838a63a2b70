import { ConsoleLogger, Logger } from '@nestjs/common';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, CallStore, type FinishedCall } from '../src/audit';
import { CallLog } from '../src/audit/call-log.entity';
import { CallTerms } from '../src/audit/call-terms';
import { CallWatermark } from '../src/audit/call-watermark.entity';
import { Journal, type JournalOptions } from '../src/audit/journal';
import type { Stage } from '../src/audit/journal-record';
import { RefusalFold } from '../src/audit/refusal-fold';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { type Answer, FixedClock, KeystileApp, temporaryDatabase } from '../src/testing';
import { aCall } from './support/finished-call';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';

interface Row {
  readonly requestId: string;
  readonly status: number;
  readonly calls: number;
  readonly [name: string]: unknown;
}

const LIMIT = 10;
const BAD = 'ks_live_4fGh7jKl9mNp_Qw3rTy6uIo9pAs2dFg5hJk8lZx1cVb4nMq0wE2';

describe('a flood of bad credentials from one address', () => {
  let app: KeystileApp;

  beforeEach(async () => {
    app = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: String(LIMIT) } });
    await app.owner();
    await app.service.app.get(CallStore).flush();
  });
  afterEach(() => app.stop());

  const guess = (from?: string, path = '/v1/whoami'): Promise<Answer> => app.get(path, { as: BAD, ...(from ? { from } : {}) });
  const guesses = (count: number, from?: string): Promise<Answer[]> => Promise.all(Array.from({ length: count }, () => guess(from)));
  const refusedBy = (answers: readonly Answer[], status: number): number => answers.filter((answer) => answer.status === status).length;
  const logs = async (query: string): Promise<readonly Row[]> =>
    (await app.get(`/v1/call-logs?limit=100&${query}`, { as: (await app.owner()).token })).body.data as Row[];
  const nobodys = (query: string): Promise<readonly Row[]> => logs(`scope=installation&${query}`);
  const counts = (rows: readonly Row[]): number[] => rows.map(({ calls }) => calls);

  it('A16.3: has one row a second with the exact count; what was within the limit has rows of its own', async () => {
    const answers = await guesses(60);
    expect([refusedBy(answers, 401), refusedBy(answers, 429)]).toEqual([LIMIT, 60 - LIMIT]);
    expect(counts(await nobodys('code=invalid_api_key'))).toEqual(Array(LIMIT).fill(1));
    expect(counts(await nobodys('code=rate_limited'))).toEqual([50]);
    // Part of it is stored, and the rest comes in the same second.
    expect(refusedBy(await guesses(7), 429)).toBe(7);
    expect(counts(await nobodys('code=rate_limited'))).toEqual([57]);
    app.clock.move({ seconds: 1 });
    const later = await guesses(5);
    expect([refusedBy(later, 401), refusedBy(later, 429)]).toEqual([1, 4]);
    expect(counts(await nobodys('code=rate_limited'))).toEqual([4, 57]);
  });

  it('A16.3: says of the row what the first of them was, by whose id it is found', async () => {
    await guesses(LIMIT);
    const first = await app.get('/v1/api-keys', { as: BAD, headers: { 'user-agent': 'guesser/1', 'x-request-id': 'theirs' } });
    const second = await guess();
    const { token } = await app.owner();
    const find = ({ headers }: Answer): Promise<Answer> =>
      app.get(`/v1/call-logs/${String(headers['x-request-id'])}?scope=installation`, { as: token });
    expect((await find(first)).body).toMatchObject({
      method: 'GET',
      path: '/v1/api-keys',
      route: '/v1/api-keys',
      status: 429,
      code: 'rate_limited',
      ip: '127.0.0.1',
      userAgent: 'guesser/1',
      inboundRequestId: 'theirs',
      principalType: null,
      organizationId: null,
      calls: 2,
    });
    expect((await find(second)).status).toBe(404);
  });

  it('A16.3: adds up to what was answered in completeness, roll-ups, metrics and exports', async () => {
    const { token } = await app.owner();
    const stored = async (): Promise<{ calls: number; missing: number }> => {
      const { data } = (await app.get('/v1/call-logs/completeness', { as: token })).body;
      return { calls: Number(data[0].calls), missing: Number(data[0].missing) };
    };
    const before = await stored();
    await guesses(40);
    // What was asked the first time is stored by now, too.
    expect(await stored()).toEqual({ calls: before.calls + 41, missing: 0 });
    for (const table of ['keystile_usage_by_key', 'keystile_usage_by_route', 'keystile_usage_by_code']) {
      const [sums] = await app.service.callDatabase.query<[Record<'counted' | 'logged', unknown>]>(
        `SELECT (SELECT SUM(calls) FROM ${table}) AS counted, (SELECT SUM(calls) FROM keystile_call_logs) AS logged`,
      );
      expect(Number(sums.counted)).toBe(Number(sums.logged));
    }
    const [denied] = await app.service.callDatabase.query<[{ calls: unknown }]>(
      "SELECT SUM(denied) AS calls FROM keystile_usage_by_code WHERE status = 429 AND code = 'rate_limited'",
    );
    expect(Number(denied.calls)).toBe(30);
    const metrics = (await app.get('/metrics')).text.split('\n').filter((line) => /_count\{.*\/v1\/whoami.*4xx/.test(line));
    expect(metrics.map((line) => Number(line.split(' ')[1]))).toEqual([40]);
    const ndjson = await app.get('/v1/call-logs/export?format=ndjson&scope=installation&code=rate_limited', { as: token });
    expect(
      ndjson.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
    ).toEqual([expect.objectContaining({ calls: 30 })]);
    const csv = await app.get('/v1/call-logs/export?format=csv&scope=installation&code=rate_limited', { as: token });
    const [names, cells] = csv.text
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect([names!.at(-1), cells!.at(-1)]).toEqual(['calls', '30']);
  });

  it('A16.3: does not mix two addresses', async () => {
    await Promise.all([guesses(LIMIT + 20), guesses(LIMIT + 3, '127.0.0.9')]);
    const rows = await nobodys('code=rate_limited');
    expect(Object.fromEntries(rows.map(({ ip, calls }) => [ip, calls]))).toEqual({ '127.0.0.1': 20, '127.0.0.9': 3 });
  });

  it('A16.3: takes the addresses of a /64 of IPv6 for one, as their limit does', async () => {
    const behind = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: String(LIMIT), TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      const from = (address: string): Promise<Answer> => behind.get('/v1/whoami', { as: BAD, headers: { 'x-forwarded-for': address } });
      const addresses = Array.from({ length: LIMIT + 5 }, (_, i) => `2001:db8::${i + 1}`);
      for (const address of addresses) await from(address);
      expect((await from('2001:db8:0:1::1')).status).toBe(401);
      const { token } = await behind.owner();
      const { body } = await behind.get('/v1/call-logs?scope=installation&code=rate_limited', { as: token });
      expect(body.data).toMatchObject([{ ip: addresses[LIMIT], calls: 5 }]);
    } finally {
      await behind.stop();
    }
  });

  it('A04.5: leaves valid keys from there their own rows, those past their own limit, too', async () => {
    const good = await app.issueKey();
    const limited = await app.issueKey({ rateLimit: { limit: 2, windowSeconds: 60 } });
    await guesses(LIMIT + 5);
    const use = (key: string): Promise<Answer[]> => Promise.all(Array.from({ length: 6 }, () => app.get('/v1/whoami', { as: key })));
    expect(refusedBy(await use(good.key), 200)).toBe(6);
    expect(refusedBy(await use(limited.key), 429)).toBe(4);
    await guesses(5);
    expect(counts(await logs(`keyId=${good.id}`))).toEqual(Array(6).fill(1));
    expect(counts(await logs(`keyId=${limited.id}`))).toEqual(Array(6).fill(1));
    expect(counts(await nobodys('code=rate_limited'))).toEqual([10]);
  });
});

describe('a flood of bad credentials over a restart', () => {
  it('A16.3: is counted exactly, what was stored before and what the next start finds in the journal', async () => {
    const logger = new ConsoleLogger();
    for (const level of ['warn', 'error'] as const) jest.spyOn(logger, level).mockImplementation(() => undefined);
    Logger.overrideLogger(logger);
    const dataDir = mkdtempSync(join(tmpdir(), 'keystile-flood-'));
    const database = await temporaryDatabase();
    const apps: KeystileApp[] = [];
    const start = async (): Promise<KeystileApp> => {
      const app = await KeystileApp.start({ keep: { dataDir, databaseUrl: database.url }, env: { FAILED_AUTH_LIMIT: String(LIMIT) } });
      apps.push(app);
      return app;
    };
    const guesses = (app: KeystileApp, count: number): Promise<Answer[]> =>
      Promise.all(Array.from({ length: count }, () => app.get('/v1/whoami', { as: BAD })));
    try {
      const first = await start();
      await first.owner();
      await guesses(first, LIMIT + 20);
      await first.service.app.get(CallStore).flush();
      await first.service.callDatabase.query('ALTER TABLE keystile_call_logs RENAME TO hidden');
      const answers = await guesses(first, 1_500);
      expect(answers.every(({ status }) => status === 429)).toBe(true);
      await first.stop({ disposeData: false });
      await repaired(database.url ?? `sqlite:${join(dataDir, 'calls.sqlite')}`);

      const again = await start();
      const { token } = await again.owner();
      const { data } = (await again.get('/v1/call-logs?scope=installation&code=rate_limited', { as: token })).body;
      expect(data).toMatchObject([{ calls: 1_520, path: '/v1/whoami' }]);
      const { body } = await again.get('/v1/call-logs/completeness', { as: token });
      expect(body.hasNoGaps).toBe(true);
      const [sums] = await again.service.callDatabase.query<[Record<'counted' | 'logged', unknown>]>(
        'SELECT (SELECT SUM(calls) FROM keystile_usage_by_code) AS counted, (SELECT SUM(calls) FROM keystile_call_logs) AS logged',
      );
      expect(Number(sums.counted)).toBe(Number(sums.logged));
    } finally {
      for (const app of apps) await app.stop({ disposeData: false });
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 60_000);

  async function repaired(url: string): Promise<void> {
    const database: DataSource = await openDatabase(url, callEntities);
    await database.query('ALTER TABLE hidden RENAME TO keystile_call_logs');
    await database.destroy();
  }
});

describe.each(databaseKinds)('a flood of bad credentials in the journal of a killed process, drained into %s', (_name, create) => {
  let fresh: FreshDatabase;
  let database: DataSource;
  let dir: string;
  const clock = new FixedClock();
  const stores: CallStore[] = [];
  const options = (): JournalOptions => ({ dir, maxBytes: 2 ** 30, sync: 'process', replica: 'here' });

  beforeEach(async () => {
    fresh = await create();
    database = await openDatabase(fresh.url, callEntities);
    await migrateKeystile(database, callMigrations);
    dir = mkdtempSync(join(tmpdir(), 'keystile-flood-'));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await fresh.drop();
  });

  const refused = (given: Partial<FinishedCall> = {}): FinishedCall => aCall({ status: 429, code: 'rate_limited', ...given });

  function killedWith(records: ReadonlyArray<readonly [FinishedCall, Stage]>): Journal {
    const journal = new Journal(options(), () => undefined, clock.now());
    journal.open();
    for (const [call, stage] of records) journal.append(call, stage);
    journal.flush();
    journal.close(false);
    return journal;
  }

  /** What the next start finds in the log, and has counted. */
  async function afterNextStart(): Promise<{ rows: Array<[tail: number, calls: number]>; counted: number[]; stored: number[] }> {
    const store = new CallStore(database, new CallTerms(database), clock, options());
    stores.push(store);
    await store.flush();
    const rows = await database.manager.find(CallLog, { order: { id: 'ASC' } });
    const counted: number[] = [];
    for (const table of ['key', 'route', 'code']) {
      const [{ calls }] = await database.query<[{ calls: unknown }]>(`SELECT SUM(calls) AS calls FROM keystile_usage_by_${table}`);
      counted.push(Number(calls));
    }
    const marks = await database.manager.find(CallWatermark, { order: { number: 'ASC' } });
    return {
      rows: rows.map(({ tail, calls }) => [tail, calls]),
      counted,
      stored: marks.map(({ calls }) => calls).filter((calls) => calls > 0),
    };
  }

  it('R01: is counted once, over several batches, wherever the one who drained was killed', async () => {
    const [one, other, between] = [refused(), refused({ ip: '198.51.100.9' }), aCall()];
    const records: Array<[FinishedCall, Stage]> = [
      [one, 'whole'],
      [other, 'whole'],
    ];
    for (let i = 0; i < 1_200; i++) records.push([one, 'more'], [other, 'more'], [one, 'more']);
    records.push([between, 'whole']);
    const { folder, run } = killedWith(records);
    const copy = join(dir, '..', `${run}.copy`);
    cpSync(folder, copy, { recursive: true });
    const expected = {
      rows: [
        [one.tail, 2_401],
        [other.tail, 1_201],
        [between.tail, 1],
      ],
      counted: [3_603, 3_603, 3_603],
      stored: [3_603],
    };
    expect(await afterNextStart()).toEqual(expected);
    for (const store of stores.splice(0)) await store.onApplicationShutdown();
    // As if the one who drained it had been killed before it took the folder away.
    cpSync(copy, folder, { recursive: true });
    rmSync(copy, { recursive: true });
    expect(await afterNextStart()).toEqual(expected);
  });

  it('R01: is counted where the row of the first of them is gone, as after a database was set back', async () => {
    const first = refused();
    killedWith([
      [first, 'more'],
      [first, 'more'],
      [first, 'more'],
    ]);
    expect(await afterNextStart()).toEqual({ rows: [[first.tail, 3]], counted: [3, 3, 3], stored: [3] });
  });

  it('takes no more room in the journal than what rows are counted by', () => {
    const call = refused({
      userAgent: 'x'.repeat(256),
      path: `/${'y'.repeat(511)}`,
      referrer: 'z'.repeat(256),
      floodedFrom: '203.0.113.7',
    });
    const fold = new RefusalFold();
    expect(fold.firstOf(call)).toBeUndefined();
    const { bytes } = killedWith(Array.from({ length: 100 }, () => [fold.firstOf(call)!, 'more'] as const));
    expect(bytes / 100).toBeLessThan(150);
  });
});

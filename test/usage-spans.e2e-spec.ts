import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, CallStore, type FinishedCall } from '../src/audit';
import { CallPruner } from '../src/audit/call-pruner';
import { CallSearches } from '../src/audit/call-search';
import { CallTerms } from '../src/audit/call-terms';
import { CallWatermark } from '../src/audit/call-watermark.entity';
import { CallLog } from '../src/audit/call-log.entity';
import { CompactReader } from '../src/audit/compact-numbers';
import { Journal, type JournalOptions } from '../src/audit/journal';
import { KeyCalls } from '../src/audit/key-calls';
import { TopUsageService } from '../src/audit/top-usage.service';
import { UsageCounts } from '../src/audit/usage-counts';
import { FOREVER } from '../src/audit/usage-settlement';
import { eachLine, groupReader, type Sheet } from '../src/audit/usage-sheets';
import {
  DAY,
  HOUR,
  LINE_SPANS,
  QUARTER,
  QUARTER_MS,
  quarterOf,
  segmentsOf,
  SHEET_SPANS,
  SIX_HOURS,
  type Span,
} from '../src/audit/usage-spans';
import { UsageService } from '../src/audit/usage.service';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { FixedClock } from '../src/testing';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';
import { aCall, aKeyHolder } from './support/finished-call';
import { countStatements } from './support/statements';

const ORGANIZATION = 'org_00000000000000000000000001';
const OTHER = 'org_00000000000000000000000002';
const auditor = { ...aKeyHolder(), organizationId: ORGANIZATION };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'];
const GROUPS = ['key', 'route', 'status', 'code'] as const;

describe('cutting a stretch of time into days, hours and quarters', () => {
  const some = fc.integer({ min: 0, max: 3_000 });

  it('leaves nothing out and counts nothing twice, and takes what is settled and lies in one bucket', () => {
    const buckets = fc.constantFrom(1, 4, 6, 96, 10_000);
    const input = {
      first: some,
      length: some,
      hours: some,
      days: some,
      bucket: buckets,
      spans: fc.constantFrom(LINE_SPANS, SHEET_SPANS),
    };
    fc.assert(
      fc.property(fc.record(input), ({ first, length, hours, days, bucket, spans }) => {
        const end = first + length;
        const bucketOf = (at: number): number => Math.floor(at / bucket);
        const segments = segmentsOf<Span>(spans, first, end, { hours: hours - (hours % 4), days: days - (days % 96) }, bucketOf);
        let at = first;
        for (const { span, first: begin, end: stop } of segments) {
          expect(begin).toBe(at);
          expect(begin % span.quarters).toBe(0);
          if (span !== QUARTER) expect(stop).toBeLessThanOrEqual(span === HOUR ? hours : days);
          const units = Array.from({ length: (stop - begin) / span.quarters }, (_, i) => begin + i * span.quarters);
          expect(units.filter((unit) => bucketOf(unit) !== bucketOf(unit + span.quarters - 1))).toEqual([]);
          at = stop;
        }
        expect(at).toBe(Math.max(first, end));
      }),
    );
  });

  it('takes days for a month', () => {
    const all = { hours: FOREVER, days: FOREVER };
    expect(segmentsOf(LINE_SPANS, 94, 96 * 31 + 5, all, () => 0).map(({ span, first, end }) => [span.suffix, first, end])).toEqual([
      ['', 94, 96],
      ['_days', 96, 96 * 31],
      ['_hours', 96 * 31, 96 * 31 + 4],
      ['', 96 * 31 + 4, 96 * 31 + 5],
    ]);
    expect(segmentsOf(LINE_SPANS, 0, 192, { ...all, days: 96 }, () => 0).map(({ span }) => span)).toEqual([DAY, HOUR]);
  });

  it('takes days and hours where each of them is a bucket of its own', () => {
    const all = { hours: FOREVER, days: FOREVER };
    for (const span of [DAY, HOUR]) {
      const bucketOf = (quarter: number): number => Math.floor(quarter / span.quarters);
      expect(segmentsOf(LINE_SPANS, 0, 96 * 3, all, bucketOf)).toEqual([{ span, first: 0, end: 96 * 3 }]);
    }
  });

  it('takes six hours at once for days that begin with half an hour', () => {
    const inKolkata = (quarter: number): number => Math.floor((quarter + 22) / 96);
    const pieces = segmentsOf(SHEET_SPANS, 74, 74 + 96, { hours: FOREVER, days: FOREVER }, inKolkata);
    expect(pieces.map(({ span, first, end }) => [span, (end - first) / span.quarters])).toEqual([
      [QUARTER, 2],
      [HOUR, 5],
      [SIX_HOURS, 3],
      [QUARTER, 2],
    ]);
  });
});

/** How a histogram was written before it was compact. */
function textOfBefore(latencies: string): string {
  const numbers = new CompactReader(latencies);
  const parts: string[] = [];
  for (let bucket = 0; numbers.hasMore;) {
    const number = numbers.number();
    bucket += Math.floor(number / 2);
    parts.push(`${bucket}:${number % 2 === 0 ? 1 : numbers.integer()}`);
  }
  return parts.join(' ');
}

describe.each(databaseKinds)('hours and days of usage in %s', (_name, create) => {
  let file: FreshDatabase;
  let database: DataSource;
  let dir: string;
  let clock: FixedClock;
  let store: CallStore;
  let usage: UsageService;
  let top: TopUsageService;
  let keyCalls: KeyCalls;
  const stores: CallStore[] = [];

  const options = (): JournalOptions => ({ dir, maxBytes: 2 ** 30, sync: 'process', replica: 'here' });
  const newStore = (): CallStore => {
    const made = new CallStore(database, new CallTerms(database), clock, options());
    stores.push(made);
    return made;
  };

  beforeEach(async () => {
    file = await create();
    database = await openDatabase(file.url, callEntities);
    await migrateKeystile(database, callMigrations);
    dir = mkdtempSync(join(tmpdir(), 'keystile-spans-'));
    clock = new FixedClock();
    clock.move({ minutes: 5 });
    store = newStore();
    const terms = new CallTerms(database);
    const counts = new UsageCounts(database, new CallSearches(terms), terms);
    usage = new UsageService(counts, terms, store, clock);
    top = new TopUsageService(counts, terms, store, clock);
    keyCalls = new KeyCalls(database, terms, store);
  });

  afterEach(async () => {
    for (const one of stores.splice(0)) await one.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await file.drop();
  });

  const before = (ms: number): Date => new Date(clock.now().getTime() - ms);
  const called = (at: Date, i: number): FinishedCall =>
    aCall({
      at,
      principal: aKeyHolder({ id: `key_0000000000000000000000000${i % 3}`, organizationId: i % 11 === 0 ? OTHER : ORGANIZATION }),
      route: i % 4 === 0 ? '/b' : '/a',
      status: i % 5 === 0 ? 403 : i % 7 === 0 ? 500 : 200,
      code: i % 5 === 0 ? 'insufficient_scope' : null,
      latencyMicroseconds: i * 997,
    });
  /** One call every 53 minutes of a month, up to the hour that goes on. */
  const aMonth = (): FinishedCall[] => Array.from({ length: 31 * 27 }, (_, i) => called(before((i * 53 + 10) * 60_000), i)).toReversed();

  /** Everything that can be asked about a month, and about a stretch of it that begins and ends anywhere. */
  async function reports(): Promise<unknown[]> {
    const to = clock.now().toISOString();
    const ranges = [
      { from: before(31 * DAY_MS).toISOString(), to },
      { from: before(19 * DAY_MS + 7 * 60_000).toISOString(), to: before(2 * DAY_MS + 22 * 60_000).toISOString() },
    ];
    const found: unknown[] = [];
    for (const range of ranges) {
      for (const groupBy of GROUPS) {
        const { data, others } = await top.top(auditor, { ...range, groupBy, limit: 2 });
        found.push(data, others);
      }
      for (const timeZone of ZONES) {
        for (const groupBy of [undefined, ...GROUPS]) {
          const { data } = await usage.usage(auditor, { ...range, interval: 'day', timeZone, ...(groupBy ? { groupBy } : {}) });
          found.push(data);
        }
        found.push((await usage.usage(auditor, { ...range, interval: 'hour', timeZone })).data);
      }
      found.push((await usage.usage(auditor, { ...range, interval: 'day', timeZone: 'UTC', keyId: `key_${'0'.repeat(25)}1` })).data);
    }
    const which = { organizationId: ORGANIZATION, keyId: `key_${'0'.repeat(25)}1` };
    for (const days of [31, 20, 9, 0]) {
      const kinds = await keyCalls.kinds(before(days * DAY_MS + HOUR_MS), which);
      found.push(kinds.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))));
    }
    found.push(await keyCalls.succeededSince([before(31 * DAY_MS), before(3 * DAY_MS), before(HOUR_MS)], which));
    return found;
  }

  const marks = (): Promise<CallWatermark[]> => database.manager.find(CallWatermark, { order: { number: 'ASC' } });
  const callsIn = async (table: string): Promise<number> => {
    const [{ calls }] = await database.query<[{ calls: unknown }]>(`SELECT SUM(calls) AS calls FROM keystile_usage_by_${table}`);
    return Number(calls);
  };
  const callsOnSheets = async ({ sheets }: Span, groupedBy: string): Promise<number> => {
    let sum = 0;
    for (const sheet of await database.query<Sheet[]>(`SELECT * FROM ${sheets} WHERE grouped_by = '${groupedBy}'`)) {
      eachLine(sheet, groupReader(Number), (_group, calls) => (sum += calls));
    }
    return sum;
  };

  it('A08.2: tell what quarters told, and are read in their place', async () => {
    for (const call of aMonth()) store.append(call);
    await store.flush();
    const byQuarters = await reports();
    expect(await callsOnSheets(DAY, 'code')).toBe(0);
    await store.settle();
    const now = quarterOf(clock.now().getTime());
    expect((await marks())[0]).toMatchObject({ hoursUntil: Math.floor(now / 4) * 4, daysUntil: Math.floor(now / 96) * 96 });
    for (const group of ['key', 'route', 'code']) {
      for (const span of [QUARTER, HOUR]) expect(await callsOnSheets(span, group)).toBe(await callsIn(group));
      expect(await callsOnSheets(DAY, group)).toBeGreaterThan(700);
      expect(await callsOnSheets(SIX_HOURS, group)).toBe(await callsOnSheets(DAY, group));
    }
    const [{ calls }] = await database.query<[{ calls: unknown }]>('SELECT SUM(calls) AS calls FROM keystile_key_use_days');
    expect(Number(calls)).toBe(await callsOnSheets(DAY, 'key'));
    expect([await callsIn('key_hours'), await callsIn('key_days')]).toEqual([await callsIn('key'), await callsOnSheets(DAY, 'key')]);
    const quarters = countStatements(database, /FROM keystile_usage_by_(?:key|route|code) /);
    const days = countStatements(database, /FROM keystile_usage_days /);
    expect(await reports()).toEqual(byQuarters);
    expect(days()).toBeGreaterThan(10);
    const [quartersBefore, daysBefore] = [quarters(), days()];
    await top.top(auditor, { from: before(31 * DAY_MS).toISOString(), to: clock.now().toISOString(), groupBy: 'key', limit: 10 });
    expect(days()).toBeGreaterThan(daysBefore);
    expect(quarters()).toBeLessThanOrEqual(quartersBefore + 4);
  });

  it('hold what was stored late, and a streamed call that ended otherwise, as soon as it is counted and after it is settled', async () => {
    for (const call of aMonth()) store.append(call);
    await store.flush();
    await store.settle();
    const long = called(before(9 * DAY_MS), 1);
    const begun = { ...long, latencyMicroseconds: 5 };
    store.begin(begun);
    store.append(called(before(20 * DAY_MS), 4));
    await store.flush();
    await store.settle();
    store.complete({ ...long, status: 500 }, begun);
    store.append(called(before(20 * DAY_MS + 60_000), 4));
    await store.flush();
    const [{ daysUntil }] = (await marks()) as [CallWatermark];
    expect(daysUntil).toBeLessThanOrEqual(quarterOf(before(20 * DAY_MS).getTime()));
    const late = await reports();
    await store.settle();
    expect(await reports()).toEqual(late);
    expect(await callsOnSheets(HOUR, 'code')).toBe(31 * 27 + 3);
    const day = { from: before(9 * DAY_MS + 1).toISOString(), to: before(9 * DAY_MS - 1).toISOString() };
    const { data } = await usage.usage(auditor, { ...day, interval: 'hour', groupBy: 'status' });
    expect(data).toMatchObject([{ group: '500', calls: 1 }]);
  });

  it('hold what others have counted that are gone, whatever they have left undone', async () => {
    const calls = aMonth();
    // One ends in order, one is killed, one is killed with all of it in its journal; the fourth, which is of a version before, knew of no hours.
    const [ended, old] = [newStore(), newStore()];
    for (const [i, call] of calls.entries()) if (i % 4 < 2) (i % 4 === 0 ? ended : old).append(call);
    await ended.onApplicationShutdown();
    await old.onApplicationShutdown();
    await database.manager.update(CallWatermark, { run: old.run }, { hoursUntil: null, daysUntil: null });
    const killed = new Journal(options(), () => undefined, clock.now());
    killed.open();
    for (const [i, call] of calls.entries()) if (i % 4 === 2) killed.append(call, 'whole');
    killed.flush();
    killed.close(false);
    for (const [i, call] of calls.entries()) if (i % 4 === 3) store.append(call);
    await store.onModuleInit();
    await store.flush();
    const byQuarters = await reports();
    await store.settle();
    const settled = await marks();
    expect(settled.filter(({ finishedAt }) => finishedAt).map(({ hoursUntil, daysUntil }) => [hoursUntil, daysUntil])).toEqual(
      Array.from({ length: 3 }, () => [FOREVER, FOREVER]),
    );
    expect(await callsOnSheets(HOUR, 'code')).toBe(calls.length);
    expect(await reports()).toEqual(byQuarters);
  });

  it('hold what several replicas verified of a key, and when it was let in last', async () => {
    const which = { organizationId: ORGANIZATION, keyId: `key_${'0'.repeat(25)}7` };
    const verified = (minutes: number, code: string | null = null): FinishedCall => ({
      ...called(before(3 * DAY_MS - minutes * 60_000), 1),
      route: '/v1/api-keys/verify',
      method: 'POST',
      status: 200,
      code,
      subjectKeyId: which.keyId,
    });
    const [one, other] = [newStore(), newStore()];
    const told = async (): Promise<unknown> => {
      const kinds = await keyCalls.kinds(before(10 * DAY_MS), which);
      const verifications = kinds.filter(({ isVerification }) => isVerification).toSorted((a, b) => a.status - b.status);
      return {
        kinds: kinds.length,
        verifications: verifications.map(({ status, calls, lastAt }) => [status, calls, lastAt]),
        succeeded: await keyCalls.succeededSince([before(10 * DAY_MS), before(3 * DAY_MS - 3 * 60_000)], which),
        lastSuccessAt: await keyCalls.lastSuccessAt(which),
      };
    };
    for (const minutes of [1, 4]) one.append(verified(minutes));
    one.append(verified(6, 'api_key_disabled'));
    await one.flush();
    await one.settle();
    for (const some of [
      [2, 64],
      [63, 65, 3],
    ]) {
      for (const minutes of some) other.append(verified(minutes));
      await other.flush();
    }
    other.append(verified(9, 'api_key_disabled'));
    await other.flush();
    const expected = {
      kinds: 2,
      verifications: [
        [200, 7, before(3 * DAY_MS - 65 * 60_000)],
        [401, 2, before(3 * DAY_MS - 9 * 60_000)],
      ],
      succeeded: [7, 7],
      lastSuccessAt: before(3 * DAY_MS - 65 * 60_000),
    };
    expect(await told()).toEqual(expected);
    await other.settle();
    expect(await told()).toEqual(expected);
    // Whole days are not read by the hour.
    await database.query('DELETE FROM keystile_key_use');
    expect(await told()).toEqual({ ...expected, succeeded: [7, 0] });
  });

  it('hold what every key of many did', async () => {
    const keyOf = (i: number): string => `key_${String(i).padStart(26, '0')}`;
    for (let i = 0; i < 203; i++) {
      store.append({ ...called(before(3 * DAY_MS), 1), principal: aKeyHolder({ id: keyOf(i), organizationId: ORGANIZATION }) });
    }
    await store.flush();
    await store.settle();
    await database.query('DELETE FROM keystile_key_use');
    for (const i of [0, 99, 100, 199, 200, 202]) {
      expect(await keyCalls.kinds(before(10 * DAY_MS), { organizationId: ORGANIZATION, keyId: keyOf(i) })).toMatchObject([{ calls: 1 }]);
    }
  });

  it('take for no success what began as one and ended otherwise', async () => {
    const which = { organizationId: ORGANIZATION, keyId: `key_${'0'.repeat(25)}1` };
    const long = called(before(2 * DAY_MS), 1);
    store.append(called(before(4 * DAY_MS), 1));
    store.begin(long);
    await store.flush();
    expect(await keyCalls.lastSuccessAt(which)).toEqual(long.at);
    store.complete({ ...long, status: 500 }, long);
    await store.flush();
    for (const settle of [() => Promise.resolve(), () => store.settle()]) {
      await settle();
      expect(await keyCalls.lastSuccessAt(which)).toEqual(before(4 * DAY_MS));
      expect((await keyCalls.kinds(before(10 * DAY_MS), which)).map(({ status, calls }) => [status, calls]).toSorted()).toEqual([
        [200, 1],
        [500, 1],
      ]);
    }
  });

  it('of more keys than fit on a sheet are all there, also those that came late', async () => {
    const ofMany = (at: Date, i: number): FinishedCall => ({
      ...called(at, i),
      principal: aKeyHolder({ id: `key_00000000000000000000000${100 + i}`, organizationId: ORGANIZATION }),
    });
    for (let i = 0; i < 45; i++) for (const hours of [30, 29, 5]) store.append(ofMany(before(hours * HOUR_MS), i));
    await store.flush();
    const byQuarters = await reports();
    await store.settle();
    expect(await reports()).toEqual(byQuarters);
    const parts = await database.query<unknown[]>("SELECT part FROM keystile_usage_days WHERE grouped_by = 'key'");
    expect(parts).toHaveLength(3);
    for (let i = 40; i < 70; i++) store.append(ofMany(before(29 * HOUR_MS), i));
    await store.flush();
    const late = await reports();
    await store.settle();
    expect(await reports()).toEqual(late);
    for (const span of SHEET_SPANS) expect(await callsOnSheets(span, 'key')).toBe(span === HOUR || span === QUARTER ? 165 : 120);
  });

  it('are read to the end where there are many at once', async () => {
    const keyOf = (i: number): FinishedCall['principal'] =>
      aKeyHolder({ id: `key_00000000000000000000000${100 + i}`, organizationId: ORGANIZATION });
    for (let i = 0; i < 700; i++)
      store.append({ ...called(before(HOUR_MS + Math.floor(i / 70) * QUARTER_MS), i), principal: keyOf(i % 70) });
    const day = { from: before(DAY_MS).toISOString(), to: clock.now().toISOString() };
    const { data } = await usage.usage(auditor, { ...day, interval: 'hour', groupBy: 'key' });
    expect(new Set(data.map(({ group }) => group)).size).toBe(70);
    expect(data.reduce((sum, { calls }) => sum + calls, 0)).toBe(700);
    const { data: most, others } = await top.top(auditor, { ...day, groupBy: 'key', limit: 69 });
    expect([most.map(({ calls }) => calls), others]).toMatchObject([Array.from({ length: 69 }, () => 10), { groups: 1, calls: 10 }]);
  });

  it('are made of what a version before has counted, too', async () => {
    for (const call of aMonth()) store.append(call);
    await store.flush();
    await store.settle();
    const settled = await reports();
    // As it was: histograms that are longer, hours and days in lines, and no sheets.
    for (const table of ['key', 'route', 'code', 'key_hours', 'key_days']) {
      const lines = await database.query<Array<{ latencies: string }>>(`SELECT DISTINCT latencies FROM keystile_usage_by_${table}`);
      for (const { latencies } of lines) {
        const old = textOfBefore(latencies);
        await database.query(`UPDATE keystile_usage_by_${table} SET latencies = ? WHERE latencies = ?`, [old, latencies]);
      }
    }
    for (const table of ['keystile_key_use_days', ...SHEET_SPANS.map(({ sheets }) => sheets)]) await database.query(`DROP TABLE ${table}`);
    await database.query("DELETE FROM keystile_migrations WHERE name = '0023-usage-sheets'");
    await migrateKeystile(database, callMigrations);
    expect(await marks()).toMatchObject([{ hoursUntil: 0, daysUntil: 0 }]);
    expect(await reports()).toEqual(settled);
    // Who counted before has ended.
    await store.onApplicationShutdown();
    store = newStore();
    const [terms, found] = [new CallTerms(database), new CallSearches(new CallTerms(database))];
    usage = new UsageService(new UsageCounts(database, found, terms), terms, store, clock);
    top = new TopUsageService(new UsageCounts(database, found, terms), terms, store, clock);
    keyCalls = new KeyCalls(database, terms, store);
    await store.flush();
    await store.settle();
    expect(await callsOnSheets(DAY, 'code')).toBeGreaterThan(700);
    expect(await reports()).toEqual(settled);
    const [{ latencies }] = await database.query<[{ latencies: string }]>('SELECT latencies FROM keystile_usage_by_key_days LIMIT 1');
    expect(latencies).not.toContain(':');
  });

  it('of a start that has ended are not held up by one that goes on, and has had no calls for a day', async () => {
    store.append(called(before(1_000), 1));
    await store.flush();
    const ended = newStore();
    ended.append(called(before(1_000), 2));
    await ended.onApplicationShutdown();
    clock.move({ hours: 25 });
    await store.settle();
    expect((await marks()).map(({ hoursUntil, daysUntil }) => [hoursUntil === FOREVER, daysUntil === FOREVER])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('of the quarter that goes on are read from what was counted: nobody reads its calls one by one, however many there are', async () => {
    for (let i = 1; i < 40; i++) store.append(called(before(i * 2_000), i));
    const now = clock.now();
    const asked = { from: new Date(now.getTime() - DAY_MS).toISOString(), interval: 'hour' } as const;
    const { data } = await usage.usage(auditor, { ...asked, to: new Date(now.getTime() + 1).toISOString() });
    expect(data.map(({ calls }) => calls)).toEqual([36]);
    await database.manager.clear(CallLog);
    expect((await usage.usage(auditor, asked)).data).toEqual(data);
    expect((await top.top(auditor, { from: asked.from, groupBy: 'route', limit: 1 })).data[0]?.calls).toBe(27);
    expect((await usage.usage(auditor, { ...asked, to: now.toISOString() })).data).toEqual([]);
  });

  it('are told of as ten thousand buckets at most', async () => {
    const bucket = (i: number): FinishedCall => ({
      ...called(before((1 + Math.floor(i / 14)) * HOUR_MS), 1),
      principal: aKeyHolder({ id: `key_${String(i % 14).padStart(26, '0')}`, organizationId: ORGANIZATION }),
    });
    for (let i = 9_999; i >= 0; i--) store.append(bucket(i));
    const asked = { from: before(30 * DAY_MS).toISOString(), interval: 'hour', groupBy: 'key' } as const;
    expect((await usage.usage(auditor, asked)).data).toHaveLength(10_000);
    store.append(bucket(10_000));
    await expect(usage.usage(auditor, asked)).rejects.toMatchObject({
      code: 'validation_failed',
      extras: { errors: [{ pointer: '/interval', message: 'more than 10000 buckets; ask for longer ones, or fewer' }] },
    });
  });

  it('of the hour that goes on wait for its end', async () => {
    store.append(called(before(1_000), 1));
    await store.flush();
    await store.settle();
    expect(await callsOnSheets(HOUR, 'code')).toBe(0);
    // Of what began in it something may still be under way for a minute.
    clock.move({ minutes: 55, seconds: 59 });
    await store.settle();
    expect(await callsOnSheets(HOUR, 'code')).toBe(0);
    clock.move({ seconds: 1 });
    await store.settle();
    expect([await callsOnSheets(HOUR, 'code'), await callsOnSheets(DAY, 'code')]).toEqual([1, 0]);
    clock.move({ hours: 24 });
    await store.settle();
    expect(await callsOnSheets(DAY, 'code')).toBe(1);
  });

  it.each([
    ['when a day begins', 0],
    ['in the last quarter of a day', 95],
  ])(
    'are deleted to the quarter, the hour and the day, and calls to the millisecond, each organization by its own rule, %s',
    async (_when, place) => {
      const quarter = quarterOf(clock.now().getTime());
      clock.move({ minutes: 15 * (96 + place - (quarter % 96)) });
      const [now, old] = [clock.now().getTime(), quarterOf(before(10 * DAY_MS).getTime())];
      expect(old % 96).toBe(place);
      const ofOther = (at: Date): FinishedCall => ({ ...called(at, 1), principal: aKeyHolder({ organizationId: OTHER }) });
      for (let i = old - 2 * 96; i < old + 96; i++) store.append(called(new Date(i * QUARTER_MS), 1));
      const kept = [5 * DAY_MS, 5 * DAY_MS - 1].map((age) => called(new Date(now - age), 2));
      for (const call of [...kept, called(new Date(now - 5 * DAY_MS - 1), 2)]) store.append(call);
      const others = [89 * DAY_MS, 12 * DAY_MS].map((age) => ofOther(new Date(now - age)));
      for (const call of others) store.append(call);
      await store.flush();
      await store.settle();
      const pruner = new CallPruner(
        database,
        () => clock.now(),
        (words) => expect(words).toBe(''),
      );
      await pruner.prune({ standard: { calls: 90, usage: 730 }, exceptions: new Map([[ORGANIZATION, { calls: 5, usage: 10 }]]) });
      const left = await database.manager.find(CallLog, { order: { id: 'ASC' } });
      expect(left.map(({ id }) => id)).toEqual([...others, ...kept].map(({ id }) => id));
      const number = await new CallTerms(database).find('organization', ORGANIZATION);
      const firstIn = async (table: string, unit: 'quarter' | 'hour'): Promise<unknown> => {
        const [{ first }] = await database.query<[{ first: number }]>(
          `SELECT MIN(${unit}) AS first FROM ${table} WHERE organization_number = ?`,
          [number],
        );
        return [table, first];
      };
      for (const { quarters, sheets } of SHEET_SPANS) {
        expect(await firstIn(sheets, 'quarter')).toEqual([sheets, old - (old % quarters)]);
      }
      for (const { quarters, suffix } of LINE_SPANS) {
        const table = `keystile_usage_by_key${suffix}`;
        expect(await firstIn(table, 'quarter')).toEqual([table, old - (old % quarters)]);
      }
      expect(await firstIn('keystile_key_use', 'hour')).toEqual(['keystile_key_use', Math.floor(old / 4)]);
      expect(await firstIn('keystile_key_use_days', 'hour')).toEqual(['keystile_key_use_days', (old - (old % 96)) / 4]);
      const range = {
        from: before(13 * DAY_MS).toISOString(),
        to: before(9 * DAY_MS).toISOString(),
        interval: 'day',
        timeZone: 'UTC',
      } as const;
      const visible = async (organizationId: string): Promise<number> =>
        (await usage.usage({ ...auditor, organizationId }, range)).data.reduce((sum, { calls }) => sum + calls, 0);
      expect(await visible(OTHER)).toBe(1);
      // A day of which a part is kept is kept; where it is read as a whole, it is told of as a whole.
      expect(await visible(ORGANIZATION)).toBe(96 + place);
      // Within the hour nobody does it again, and after that somebody does.
      for (const [seconds, isDone] of [
        [3_600, false],
        [1, true],
      ] as const) {
        clock.move({ seconds });
        expect(await pruner.prune({ standard: { calls: 90, usage: 730 }, exceptions: new Map() })).toBe(isDone);
      }
    },
  );

  it('are deleted when all of them is old', async () => {
    for (const call of aMonth()) store.append(call);
    await store.flush();
    await store.settle();
    const plan = { standard: { calls: 5, usage: 10 }, exceptions: new Map<string, never>() };
    expect(
      await new CallPruner(
        database,
        () => clock.now(),
        () => undefined,
      ).prune(plan),
    ).toBe(true);
    const oldest = quarterOf(before(10 * DAY_MS).getTime());
    for (const [suffix, quarters] of [
      ['', 1],
      ['_hours', 4],
      ['_days', 96],
    ] as const) {
      const [{ first }] = await database.query<[{ first: number }]>(`SELECT MIN(quarter) AS first FROM keystile_usage_by_key${suffix}`);
      expect(first).toBeGreaterThan(oldest - quarters);
      expect(first).toBeLessThan(oldest + quarters + 8);
    }
    for (const [table, hours] of [
      ['keystile_key_use', 1],
      ['keystile_key_use_days', 24],
    ] as const) {
      const [{ first }] = await database.query<[{ first: number }]>(`SELECT MIN(hour) AS first FROM ${table}`);
      expect(first).toBeGreaterThan(oldest / 4 - hours);
      expect(first).toBeLessThan(oldest / 4 + hours + 4);
    }
    expect(QUARTER_MS * 96).toBe(DAY_MS);
  });
});

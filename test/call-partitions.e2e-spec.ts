import type { DataSource } from 'typeorm';

import { callEntities, callMigrations } from '../src/audit';
import { firstCallIdAt } from '../src/audit/call-id';
import { CallPruner, type RetentionPlan } from '../src/audit/call-pruner';
import { CallRetentionRun } from '../src/audit/call-retention.entity';
import { CallTerm } from '../src/audit/call-log.entity';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';

const DAY_MS = 24 * 3_600_000;
const PARTITIONS = `SELECT partition_name AS name, partition_description AS below FROM information_schema.partitions
  WHERE table_schema = DATABASE() AND table_name = 'keystile_call_logs' ORDER BY partition_ordinal_position`;

const servers = databaseKinds.filter(([name]) => name !== 'SQLite');

(servers.length > 0 ? describe.each(servers) : describe.skip.each(databaseKinds))('the call log in partitions, on %s', (_name, create) => {
  let fresh: FreshDatabase;
  let database: DataSource;
  let now: number;
  let warnings: string[];

  beforeEach(async () => {
    fresh = await create();
    database = await openDatabase(fresh.url, callEntities);
    now = Date.now();
    warnings = [];
  });

  afterEach(async () => {
    await database.destroy();
    await fresh.drop();
  });

  const migrate = (upTo?: string): Promise<string[]> => {
    const end = callMigrations.findIndex(({ name }) => name === upTo);
    return migrateKeystile(database, end < 0 ? callMigrations : callMigrations.slice(0, end));
  };
  const put = async (organization: number | null, ages: readonly number[]): Promise<void> => {
    for (const [tail, days] of ages.entries()) {
      await database.query(
        `INSERT INTO keystile_call_logs (id, tail, organization_number, principal_type, realm_number, method, path, status, latency_us, ip, response_bytes, calls)
         VALUES (?, ?, ?, '-', 1, 'GET', '/', 200, 1, '', 0, 1)`,
        [firstCallIdAt(new Date(now - days * DAY_MS)), tail + 1000 * (organization ?? 0), organization],
      );
    }
  };
  /** In days before now. */
  const ages = async (): Promise<number[]> => {
    const rows = await database.query<Array<{ id: string }>>('SELECT id FROM keystile_call_logs ORDER BY id DESC');
    return rows.map(({ id }) => Math.round((now - Number(id) / 2048) / DAY_MS));
  };
  const partitions = async (): Promise<Array<{ name: string | null; below: string }>> => database.query(PARTITIONS);
  const newestEnd = async (): Promise<number> => Number((await partitions()).at(-2)!.below) / 2048;
  const prune = (plan: Partial<RetentionPlan> = {}): Promise<boolean> =>
    new CallPruner(
      database,
      () => new Date(now),
      (words) => warnings.push(words),
    ).prune({
      standard: { calls: 90, usage: 730 },
      exceptions: new Map(),
      ...plan,
    });
  const removed = async (): Promise<number> => (await database.manager.findOneByOrFail(CallRetentionRun, { number: 1 })).removedCalls;

  it('cuts a table that is full of calls into weeks, and loses none', async () => {
    await migrate('0019-call-partitions');
    await put(1, [0, 3, 10, 40, 89, 3_000]);
    expect((await partitions())[0]!.name).toBeNull();
    expect(await migrate()).toContain('0019-call-partitions');
    expect(await ages()).toEqual([0, 3, 10, 40, 89, 3_000]);
    const names = (await partitions()).map(({ name }) => name);
    expect(names).toHaveLength(104 + 1 + 4 + 1);
    expect(names.at(-1)).toBe('later');
  });

  it('makes those of the next weeks ahead, and gives calls a week that came before it was made', async () => {
    await migrate();
    const end = await newestEnd();
    expect(end).toBeGreaterThan(now + 28 * DAY_MS);
    expect((await partitions()).length).toBe(6);
    await prune();
    expect((await partitions()).length).toBe(6);
    now += 60 * DAY_MS;
    await put(1, [0, 25]);
    await prune();
    expect(await newestEnd()).toBeGreaterThan(now + 28 * DAY_MS);
    const [{ calls }] = await database.query<[{ calls: string }]>('SELECT COUNT(*) AS calls FROM keystile_call_logs PARTITION (later)');
    expect([Number(calls), await ages(), warnings]).toEqual([0, [0, 25], []]);
  });

  it('drops weeks that nobody keeps, deletes what only some keep no longer, and says how much that was', async () => {
    await migrate('0019-call-partitions');
    const id = 'org_00000000000000000000000009';
    const { generatedMaps } = await database.manager.insert(CallTerm, { kind: 'organization', digest: 'x', value: id });
    const number = Number(generatedMaps[0]!['number']);
    await put(number, [1, 6, 8, 50, 89, 95, 99, 200]);
    await put(null, [1, 50, 89, 99, 150, 200]);
    await migrate();
    const before = (await partitions()).length;
    await prune({ exceptions: new Map([[id, { calls: 7 }]]) });
    expect(await ages()).toEqual([1, 1, 6, 50, 89]);
    expect(await removed()).toBe(9);
    expect((await partitions()).length).toBeLessThan(before - 10);
    expect((await partitions()).length).toBeGreaterThan(13);
    now += 3_600_001;
    expect(await prune({ standard: { calls: 30, usage: 30 } })).toBe(true);
    expect([await ages(), await removed(), warnings]).toEqual([[1, 1, 6], 2, []]);
  });

  it('drops no week of which one organization keeps calls longer than the others', async () => {
    await migrate('0019-call-partitions');
    const id = 'org_00000000000000000000000009';
    const { generatedMaps } = await database.manager.insert(CallTerm, { kind: 'organization', digest: 'x', value: id });
    await put(Number(generatedMaps[0]!['number']), [10, 100, 199, 220]);
    await put(null, [10, 29, 31, 100, 199]);
    await migrate();
    await prune({ standard: { calls: 30, usage: 730 }, exceptions: new Map([[id, { calls: 200 }]]) });
    expect([await ages(), warnings]).toEqual([[10, 10, 29, 100, 199], []]);
  });

  it('drops a week as soon as all of it is old, and not before', async () => {
    await migrate('0019-call-partitions');
    // So that a week ends, to the millisecond, where calls are not kept any more.
    now -= (now - (4 + 90) * DAY_MS) % (7 * DAY_MS);
    const [last, first] = [90 * DAY_MS + 1, 90 * DAY_MS].map((age) => now - age);
    await put(null, [90 + 1 / DAY_MS, 90]);
    await migrate();
    const left = async (): Promise<number[]> => {
      const rows = await database.query<Array<{ id: string }>>('SELECT id FROM keystile_call_logs ORDER BY id');
      return rows.map(({ id }) => Number(id));
    };
    expect(await left()).toEqual([last, first].map((time) => firstCallIdAt(new Date(time!))));
    now -= 3_600_001;
    await prune();
    expect(await left()).toHaveLength(2);
    now += 3_600_001;
    await prune();
    expect(await left()).toEqual([firstCallIdAt(new Date(first!))]);
    now += 7 * DAY_MS - 3_600_001;
    await prune();
    expect([await left(), await removed(), warnings]).toEqual([[firstCallIdAt(new Date(first!))], 0, []]);
    now += 3_600_001;
    await prune();
    expect([await left(), await removed(), warnings]).toEqual([[], 1, []]);
  });

  it('still deletes old calls where it may not change tables', async () => {
    await migrate();
    await put(null, [1, 95, 99, 150]);
    const query = database.createQueryRunner.bind(database);
    database.createQueryRunner = (...mode) => {
      const runner = query(...mode);
      const ask = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
      runner.query = ((sql: string, ...rest: unknown[]) =>
        sql.startsWith('ALTER') ? Promise.reject(new Error('ALTER command denied')) : ask(sql, ...rest)) as typeof runner.query;
      return runner;
    };
    now += 60 * DAY_MS;
    await prune();
    now -= 60 * DAY_MS;
    expect(await ages()).toEqual([1]);
    expect(warnings).toEqual([expect.stringContaining('denied')]);
  });
});

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { DataSource } from 'typeorm';

import { ID_LENGTH, migrateKeystile, openDatabase } from '../src/persistence';
import { allTables, callTables, mainTables } from './support/all-tables';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';
import { beforeStatement } from './support/statements';

const names = allTables.migrations.map(({ name }) => name);

/** Every table, column and index as the database itself describes them. */
async function describeSchema(dataSource: DataSource): Promise<unknown> {
  if (dataSource.options.type === 'better-sqlite3') {
    return dataSource.query('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name');
  }
  const columns: unknown = await dataSource.query(
    `SELECT table_name AS tableName, column_name AS columnName, ordinal_position, column_type, is_nullable, column_default, collation_name, extra
     FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, 3`,
  );
  const indexes: unknown = await dataSource.query(
    `SELECT table_name AS tableName, index_name AS indexName, seq_in_index, column_name AS columnName, non_unique
     FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1, 2, 3`,
  );
  return { columns, indexes };
}

async function schemaDiff(dataSource: DataSource): Promise<string[]> {
  return (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
}

/** Migrates in a process of its own. */
async function migrateElsewhere(url: string, killedAt?: number): Promise<{ ran: string[]; signal: NodeJS.Signals | null }> {
  const support = join(__dirname, 'support');
  const parameters = ['-r', join(support, 'typescript.cjs'), join(support, 'migrate.ts'), url];
  const child = spawn(process.execPath, killedAt === undefined ? parameters : [...parameters, String(killedAt)]);
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  const [out, faults, signal] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect(faults).toBe('');
  return { ran: out === '' ? [] : (JSON.parse(out) as string[]), signal };
}

/** @returns whether there was such a statement */
async function migrateFailingAt(url: string, failing: number): Promise<boolean> {
  const dataSource = await openDatabase(url, []);
  try {
    beforeStatement(dataSource, (statement) => {
      if (statement === failing) throw new Error('Interrupted by the test');
    });
    const outcome = migrateKeystile(dataSource, allTables.migrations).then(
      () => 'finished',
      (error: unknown) => (error as Error).message,
    );
    expect(await outcome).toMatch(/^(finished|Interrupted by the test)$/);
    return (await outcome) !== 'finished';
  } finally {
    await dataSource.destroy();
  }
}

async function countStatements(database: FreshDatabase): Promise<number> {
  const dataSource = await openDatabase(database.url, []);
  let count = 0;
  beforeStatement(dataSource, (statement) => {
    count = statement;
  });
  await migrateKeystile(dataSource, allTables.migrations);
  await dataSource.destroy();
  await database.drop();
  return count;
}

describe.each(databaseKinds)('the schema on %s', (_name, create) => {
  let database: FreshDatabase;
  const open: DataSource[] = [];

  const connect = async (tables = allTables): Promise<DataSource> => {
    const dataSource = await openDatabase(database.url, tables.entities);
    open.push(dataSource);
    return dataSource;
  };

  beforeEach(async () => {
    database = await create();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  it('comes out of the migrations exactly as the entities say', async () => {
    const dataSource = await connect();
    expect(await migrateKeystile(dataSource, allTables.migrations)).toEqual(names);
    expect(await schemaDiff(dataSource)).toEqual([]);
    expect(await migrateKeystile(dataSource, allTables.migrations)).toEqual([]);
  });

  it.each([
    ['the main database', mainTables],
    ['the call database', callTables],
  ])('does so for the tables of %s alone', async (_which, tables) => {
    const dataSource = await connect(tables);
    await migrateKeystile(dataSource, tables.migrations);
    expect(await schemaDiff(dataSource)).toEqual([]);
  });

  it('compares all text byte by byte, and keeps ids in ASCII', async () => {
    const dataSource = await connect();
    await migrateKeystile(dataSource, allTables.migrations);
    if (dataSource.options.type === 'better-sqlite3') return;
    const columns = await dataSource.query<Array<{ columnName: string; collation: string; type: string }>>(
      `SELECT column_name AS columnName, collation_name AS collation, column_type AS type
       FROM information_schema.columns WHERE table_schema = DATABASE() AND collation_name IS NOT NULL`,
    );
    expect(columns.filter(({ collation }) => collation !== 'ascii_bin' && collation !== 'utf8mb4_bin')).toEqual([]);
    const ids = columns.filter(({ columnName, type }) => type === `varchar(${ID_LENGTH})` && /(^|_)id$/.test(columnName));
    expect(ids).not.toEqual([]);
    expect(ids.filter(({ collation }) => collation !== 'ascii_bin')).toEqual([]);
  });

  it('R14: is made once when two processes start at once', async () => {
    const [one, other] = await Promise.all([migrateElsewhere(database.url), migrateElsewhere(database.url)]);
    expect([...one.ran, ...other.ran]).toEqual(names);
    expect(await schemaDiff(await connect())).toEqual([]);
  });

  it('R14: comes out the same after a failure at any statement', async () => {
    const fresh = await create();
    const whole = await openDatabase(fresh.url, []);
    await migrateKeystile(whole, allTables.migrations);
    const expected = await describeSchema(whole);
    await whole.destroy();
    await fresh.drop();

    // A server takes a second for each, and every table is made there by one statement: every fifth will do.
    const step = whole.options.type === 'better-sqlite3' ? 1 : 5;
    let failing = 0;
    for (let failed = true; failed;) {
      failing += step;
      const broken = await create();
      failed = await migrateFailingAt(broken.url, failing);
      const dataSource = await openDatabase(broken.url, []);
      await migrateKeystile(dataSource, allTables.migrations);
      const schema = await describeSchema(dataSource);
      await dataSource.destroy();
      await broken.drop();
      expect({ failing, schema }).toEqual({ failing, schema: expected });
    }
    expect(failing).toBeGreaterThan(allTables.migrations.length);
  }, 120_000);

  it('R14: comes out the same after the migrating process was killed at any of five statements', async () => {
    const total = await countStatements(await create());
    const killed = [1, 2, 3, 4, 5].map(async (fifth) => {
      const broken = await create();
      expect((await migrateElsewhere(broken.url, Math.ceil((fifth / 5) * total))).signal).toBe('SIGKILL');
      const dataSource = await openDatabase(broken.url, allTables.entities);
      await migrateKeystile(dataSource, allTables.migrations);
      expect(await schemaDiff(dataSource)).toEqual([]);
      await dataSource.destroy();
      await broken.drop();
    });
    await Promise.all(killed);
  });
});

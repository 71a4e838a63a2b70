import type { DataSource, QueryRunner } from 'typeorm';

import { patiently } from './mysql-guard';
import { type Migration, Schema } from './schema';

const HISTORY = 'keystile_migrations';
const LOCK = 'keystile_migrations';
const LOCK_WAIT_SECONDS = 60;

/**
 * Brings the database up to the migrations given, one process at a time: the others wait and then find nothing to do.
 * Ours and not TypeORM's, because a host has migrations of its own and TypeORM's runner takes no lock (`decisions.md` 23).
 *
 * @returns the names of the migrations that this call ran
 * @throws Error when another process holds the lock for a minute
 */
export async function migrateKeystile(dataSource: DataSource, migrations: readonly Migration[]): Promise<string[]> {
  const runner = patiently(dataSource.createQueryRunner());
  try {
    return await (dataSource.options.type === 'better-sqlite3' ? migrateSqlite(runner, migrations) : migrateMysql(runner, migrations));
  } finally {
    await runner.release();
  }
}

/** The names of those migrations that have not been run. */
export async function pendingMigrations(dataSource: DataSource, migrations: readonly Migration[]): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const finished = (await runner.hasTable(HISTORY)) ? await finishedOf(runner) : new Set();
    return migrations.flatMap(({ name }) => (finished.has(name) ? [] : [name]));
  } finally {
    await runner.release();
  }
}

const finishedOf = async (runner: QueryRunner): Promise<Set<string>> =>
  new Set(((await runner.query(`SELECT name FROM ${HISTORY}`)) as Array<{ name: string }>).map(({ name }) => name));

/** The whole upgrade is one transaction; BEGIN IMMEDIATE is the lock. */
async function migrateSqlite(runner: QueryRunner, migrations: readonly Migration[]): Promise<string[]> {
  await runner.startTransaction();
  try {
    const ran = await runPending(runner, migrations);
    await runner.commitTransaction();
    return ran;
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/** DDL commits by itself there, so each step can be repeated and a named lock keeps the processes apart. */
async function migrateMysql(runner: QueryRunner, migrations: readonly Migration[]): Promise<string[]> {
  const lock = `${LOCK}:${await runner.getCurrentDatabase()}`.slice(0, 64);
  const [{ granted }] = (await runner.query('SELECT GET_LOCK(?, ?) AS granted', [lock, LOCK_WAIT_SECONDS])) as [{ granted: unknown }];
  if (Number(granted) !== 1) throw new Error('Another process has been migrating this database for a minute');
  try {
    return await runPending(runner, migrations);
  } finally {
    await runner.query('SELECT RELEASE_LOCK(?)', [lock]);
  }
}

async function runPending(runner: QueryRunner, migrations: readonly Migration[]): Promise<string[]> {
  const schema = new Schema(runner);
  await schema.createTable(HISTORY, [schema.ascii('name', 100, { isPrimary: true }), schema.time('finished_at')]);
  const finished = await finishedOf(runner);
  const ran: string[] = [];
  for (const migration of migrations) {
    if (finished.has(migration.name)) continue;
    await migration.up(schema);
    await runner.query(`INSERT INTO ${HISTORY} (name, finished_at) VALUES (?, ?)`, [
      migration.name,
      new Date().toISOString().replace('T', ' ').replace('Z', ''),
    ]);
    ran.push(migration.name);
  }
  return ran;
}

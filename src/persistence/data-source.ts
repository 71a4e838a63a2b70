import type { Connection } from 'mysql2/promise';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { guardMysql } from './mysql-guard';
import type { SqliteDatabase } from './sqlite-driver';
import { serialiseSqlite } from './sqlite-gate';

type Entities = readonly Function[];

const CONNECT_TIMEOUT_MS = 1_500;
const POOL_SIZE = 10;
/** How long a file that somebody else has just made or is repairing may be locked when we open it. */
const SQLITE_OPEN_MS = 5_000;
/** How long SQLite itself waits, and everything else with it, for a writer of another process; the gate goes on waiting without that. */
const SQLITE_BUSY_MS = 5;

/**
 * Opens the database that a URL names: `mysql://user:password@host:port/name`, or `sqlite:path` (`sqlite::memory:` for tests).
 * `mysql://` asks the server what it is: TypeORM's types for MySQL and MariaDB differ (`decisions.md` 25).
 *
 * @throws Error when the database cannot be reached
 */
export function openDatabase(url: string, entities: Entities): Promise<DataSource> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length), entities) : openMysql(url, entities);
}

async function openSqlite(path: string, entities: Entities): Promise<DataSource> {
  const dataSource = await serialiseSqlite(withEntities(sqliteOptions(path), entities)).initialize();
  await dataSource.query(`PRAGMA busy_timeout = ${SQLITE_BUSY_MS}`);
  return dataSource;
}

async function openMysql(url: string, entities: Entities): Promise<DataSource> {
  const connect = async (): Promise<Connection> => {
    const { createConnection } = await import('mysql2/promise');
    return createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS });
  };
  const first = await connect();
  try {
    const dataSource = withEntities(mysqlOptions(url, await serverType(first)), entities);
    return await guardMysql(dataSource, POOL_SIZE, connect, first).initialize();
  } catch (error) {
    first.destroy();
    throw error;
  }
}

const withEntities = (options: Partial<DataSourceOptions>, entities: Entities): DataSource =>
  new DataSource({ ...options, entities: [...entities], synchronize: false } as DataSourceOptions);

function sqliteOptions(database: string): Partial<DataSourceOptions> {
  return {
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database,
    enableWAL: database !== ':memory:',
    timeout: SQLITE_OPEN_MS,
    prepareDatabase: (sqlite: SqliteDatabase) => {
      sqlite.pragma(`busy_timeout = ${SQLITE_OPEN_MS}`);
      // An answered change survives a power cut.
      sqlite.pragma('synchronous = FULL');
    },
  };
}

/** Loaded when it is needed: a host on MySQL may have left its binaries out. */
const sqliteDriver = (): unknown => (require('./sqlite-driver') as typeof import('./sqlite-driver')).SqliteDatabase;

function mysqlOptions(url: string, type: 'mysql' | 'mariadb'): Partial<DataSourceOptions> {
  return {
    type,
    url,
    timezone: 'Z',
    charset: 'utf8mb4',
    connectTimeout: CONNECT_TIMEOUT_MS,
    poolSize: POOL_SIZE,
    // 0 rows matched and 1 row matched must differ, whether or not the values change.
    flags: ['FOUND_ROWS'],
    extra: { enableKeepAlive: true },
  };
}

async function serverType(connection: Connection): Promise<'mysql' | 'mariadb'> {
  const [rows] = await connection.query('SELECT VERSION() AS version');
  const [{ version }] = rows as [{ version: string }];
  return version.includes('MariaDB') ? 'mariadb' : 'mysql';
}

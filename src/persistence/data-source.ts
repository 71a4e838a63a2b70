import { DataSource, type DataSourceOptions } from 'typeorm';

import type { SqliteDatabase } from './sqlite-driver';
import { serialiseSqlite } from './sqlite-gate';

type Entities = readonly Function[];

const CONNECT_TIMEOUT_MS = 5_000;
const POOL_SIZE = 10;
/** How long a writer of another process (the command line) may hold the file before we give up. */
const SQLITE_BUSY_MS = 5_000;

/**
 * Opens the database that a URL names: `mysql://user:password@host:port/name`, or `sqlite:path` (`sqlite::memory:` for tests).
 * `mysql://` asks the server what it is: TypeORM's types for MySQL and MariaDB differ (`decisions.md` 25).
 *
 * @throws Error when the database cannot be reached
 */
export async function openDatabase(url: string, entities: Entities): Promise<DataSource> {
  const options = url.startsWith('sqlite:') ? sqliteOptions(url.slice('sqlite:'.length)) : await mysqlOptions(url);
  return serialiseSqlite(new DataSource({ ...options, entities: [...entities], synchronize: false } as DataSourceOptions)).initialize();
}

function sqliteOptions(database: string): Partial<DataSourceOptions> {
  return {
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database,
    enableWAL: database !== ':memory:',
    timeout: SQLITE_BUSY_MS,
    prepareDatabase: (sqlite: SqliteDatabase) => {
      sqlite.pragma(`busy_timeout = ${SQLITE_BUSY_MS}`);
      // An answered change survives a power cut.
      sqlite.pragma('synchronous = FULL');
    },
  };
}

/** Loaded when it is needed: a host on MySQL may have left its binaries out. */
const sqliteDriver = (): unknown => (require('./sqlite-driver') as typeof import('./sqlite-driver')).SqliteDatabase;

async function mysqlOptions(url: string): Promise<Partial<DataSourceOptions>> {
  return {
    type: await serverType(url),
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

async function serverType(url: string): Promise<'mysql' | 'mariadb'> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    const [{ version }] = rows as [{ version: string }];
    return version.includes('MariaDB') ? 'mariadb' : 'mysql';
  } finally {
    await connection.end();
  }
}

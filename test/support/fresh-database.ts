import { createConnection } from 'mysql2/promise';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty database of a test's own. */
export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

type Kind = readonly [name: string, create: () => Promise<FreshDatabase>];

const server = process.env['TEST_DATABASE_URL'];

/** SQLite always, and the server behind `TEST_DATABASE_URL` where that is set: `describe.each(databaseKinds)`. */
export const databaseKinds: readonly Kind[] = [
  ['SQLite', freshSqlite],
  ...(server === undefined ? [] : [['MariaDB or MySQL', () => freshMysql(server)] as const]),
];

export async function freshSqlite(): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'keystile-'));
  return { url: `sqlite:${join(folder, 'test.db')}`, drop: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function freshMysql(serverUrl: string): Promise<FreshDatabase> {
  const name = `keystile_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await onServer(serverUrl, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE ${name}`) };
}

async function onServer(serverUrl: string, sql: string): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = '';
  const connection = await createConnection(url.href);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

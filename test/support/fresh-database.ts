import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { temporaryDatabase } from '../../src/testing';

/** An empty database of a test's own. */
export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An embedded database always, and one on the server behind `TEST_DATABASE_URL` where that is set: `describe.each(databaseKinds)`. */
export const databaseKinds: ReadonlyArray<readonly [name: string, create: () => Promise<FreshDatabase>]> = [
  ['SQLite', freshSqlite],
  ...(process.env['TEST_DATABASE_URL'] ? [['a database server', freshOnServer] as const] : []),
];

export async function freshSqlite(): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'keystile-test-'));
  return { url: `sqlite:${join(folder, 'test.sqlite')}`, drop: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function freshOnServer(): Promise<FreshDatabase> {
  const database = await temporaryDatabase();
  if (database.url === undefined) throw new Error('TEST_DATABASE_URL is not set');
  return { url: database.url, drop: () => database.drop() };
}

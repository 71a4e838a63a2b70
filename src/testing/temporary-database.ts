import { randomBytes } from 'node:crypto';

/** A database for one test file, and how to be rid of it. */
export interface TemporaryDatabase {
  /** `undefined` for the embedded one. */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

/** Fresh on the server that `TEST_DATABASE_URL` names (`mysql://root@127.0.0.1:3306/anything`), else the embedded default. */
export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) return { url: undefined, drop: () => Promise.resolve() };
  const name = `keystile_test_${randomBytes(6).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => run(server, `DROP DATABASE IF EXISTS ${name}`) };
}

async function run(server: string, sql: string): Promise<void> {
  const url = new URL(server);
  url.pathname = '';
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url.toString() });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

import { openDatabase } from 'keystile';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

interface Surroundings {
  readonly database: DataSource;
  readonly peppers: ReadonlyArray<{ readonly id: string; readonly secret: Buffer }>;
  readonly port: number;
  readonly host: string;
}

/**
 * What an example needs to run by itself, from the environment: `PORT`, `HOST`, `DATABASE_URL` (an SQLite file by default), `PEPPER`
 * (hex, at least 32 bytes; drawn at the first start and kept in a file by default) and `DATA_DIR` (where such files go).
 */
export async function standalone(name: string, entities: readonly Function[], defaults: { readonly port: number }): Promise<Surroundings> {
  const { PORT, HOST = '127.0.0.1', DATA_DIR = join('data', name), DATABASE_URL, PEPPER } = process.env;
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
  const secret = Buffer.from(PEPPER ?? keptPepper(join(DATA_DIR, 'pepper')), 'hex');
  return {
    database: await openDatabase(DATABASE_URL ?? `sqlite:${join(DATA_DIR, `${name}.sqlite`)}`, entities),
    peppers: [{ id: 'p1', secret }],
    port: Number(PORT ?? defaults.port),
    host: HOST,
  };
}

/** Beside the database and not in it: who steals the one does not have the other. */
function keptPepper(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    const pepper = randomBytes(32).toString('hex');
    writeFileSync(path, `${pepper}\n`, { mode: 0o600, flag: 'wx' });
    return pepper;
  }
}

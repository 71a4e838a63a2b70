import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import type { JournalOptions } from './journal';

const MAX_BYTES = 1024 ** 3;

/** What a host has not said. What it leaves behind in its own folder must not end up in another database. */
export function journalOptions(database: DataSource, given: Partial<JournalOptions> = {}): JournalOptions {
  return {
    dir: given.dir ?? join(process.cwd(), 'data', 'keystile-journal', nameOf(database)),
    maxBytes: given.maxBytes ?? MAX_BYTES,
    sync: given.sync ?? 'process',
    replica: given.replica ?? hostname(),
    ...(given.worker === undefined ? {} : { worker: given.worker }),
    ...(given.segmentBytes === undefined ? {} : { segmentBytes: given.segmentBytes }),
  };
}

function nameOf({ options }: DataSource): string {
  const { url, host, port, database } = options as object as Readonly<Record<string, unknown>>;
  return createHash('sha256')
    .update(JSON.stringify([withoutPassword(url), host, port, typeof database === 'string' ? database : null]))
    .digest('hex')
    .slice(0, 16);
}

function withoutPassword(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { hostname: name, port, pathname } = new URL(url);
  return `${name}:${port}${pathname}`;
}

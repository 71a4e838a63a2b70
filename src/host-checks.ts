import type { DataSource } from 'typeorm';

import type { KeystileOptions } from './keystile-options';
import { keystileEntities, pendingMigrations } from './keystile-schema';
import { isSerialised } from './persistence';

const LEAST_PEPPER_BYTES = 32;
const LEAST_JOURNAL_BYTES = 16 * 1024 * 1024;

/**
 * Looks at what a host gives before anything is made of it: what is wrong here shows later as lost keys or mixed transactions.
 * @throws Error that says what to do
 */
export async function checked(options: KeystileOptions): Promise<KeystileOptions> {
  const { database, callDatabase = database, peppers, maxActiveKeysPerOwner = 1, realm = 'default' } = options;
  if (peppers.length === 0 || peppers.some(({ secret }) => secret.length < LEAST_PEPPER_BYTES))
    throw new Error(
      `Keystile needs a pepper of at least ${LEAST_PEPPER_BYTES} bytes, kept outside the database: peppers: [{ id: 'p1', secret }]`,
    );
  if (new Set(peppers.map(({ id }) => id)).size !== peppers.length || !peppers.every(({ id }) => /^[A-Za-z0-9_-]{1,16}$/.test(id)))
    throw new Error('Keystile needs peppers with ids of their own, of up to 16 letters, digits, _ and -');
  if (!Number.isInteger(maxActiveKeysPerOwner) || maxActiveKeysPerOwner < 1)
    throw new Error('maxActiveKeysPerOwner is a whole number from 1 up');
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(realm)) throw new Error('realm has up to 32 letters, digits, _ and -');
  requireCheckpoints(options);
  requireJournal(options);
  for (const one of new Set([database, callDatabase])) requireSafe(one);
  const pending = await pendingMigrations(database);
  if (pending.length > 0)
    throw new Error(`Keystile finds its tables missing or old: await migrateKeystile(database) first (${pending.join(', ')})`);
  return options;
}

function requireCheckpoints({ checkpoints }: KeystileOptions): void {
  if (!checkpoints) return;
  const { signingKeys, webhook, intervalSeconds = 1 } = checkpoints;
  const is32Bytes = (part: unknown): boolean => typeof part === 'string' && Buffer.from(part, 'base64url').length === 32;
  const areKeys = signingKeys.every(({ kty, crv, kid, x, d }) => kty === 'OKP' && crv === 'Ed25519' && kid && is32Bytes(x) && is32Bytes(d));
  if (signingKeys.length === 0 || !areKeys || new Set(signingKeys.map(({ kid }) => kid)).size !== signingKeys.length) {
    throw new Error(
      'checkpoints.signingKeys are private Ed25519 JWKs, each with a kid of its own: ' +
        "{ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'c1' }",
    );
  }
  if (!(intervalSeconds > 0)) throw new Error('checkpoints.intervalSeconds is more than 0');
  if (webhook && (!/^https?:$/.test(protocolOf(webhook.url)) || !webhook.secret))
    throw new Error('checkpoints.webhook has an http or https URL and a secret');
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : '');

function requireJournal({ journal: { maxBytes = LEAST_JOURNAL_BYTES, sync = 'process' } = {} }: KeystileOptions): void {
  if (!Number.isInteger(maxBytes) || maxBytes < LEAST_JOURNAL_BYTES)
    throw new Error(`journal.maxBytes is a whole number from ${LEAST_JOURNAL_BYTES} up`);
  if (sync !== 'process' && sync !== 'fsync') throw new Error("journal.sync is 'process' or 'fsync'");
}

function requireSafe(database: DataSource): void {
  const { options } = database;
  if (!database.isInitialized) throw new Error('Keystile needs a DataSource that has been initialized: await database.initialize() first');
  if (options.synchronize)
    throw new Error('Keystile does not run with synchronize: true, which changes tables behind the back of migrations');
  if (options.type === 'better-sqlite3' && !isSerialised(database)) {
    throw new Error(
      'On SQLite, TypeORM mixes the transactions of simultaneous requests. Give Keystile serialiseSqlite(new DataSource(…)), or openDatabase(…)',
    );
  }
  if (!['better-sqlite3', 'mysql', 'mariadb'].includes(options.type))
    throw new Error(`Keystile does not know databases of type ${options.type}`);
  if ('timezone' in options ? options.timezone !== 'Z' : options.type !== 'better-sqlite3')
    throw new Error("Keystile keeps times in UTC: give the DataSource timezone: 'Z'");
  const missing = keystileEntities.filter((entity) => !database.hasMetadata(entity));
  if (missing.length > 0)
    throw new Error(`The DataSource does not know Keystile's tables: entities: [...keystileEntities, …] (${missing[0]!.name})`);
}

import type { DataSource } from 'typeorm';

import type { KeystileOptions } from './keystile-options';
import { keystileEntities, pendingMigrations } from './keystile-schema';
import { isSerialised } from './persistence';

const LEAST_PEPPER_BYTES = 32;

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
  for (const one of new Set([database, callDatabase])) requireSafe(one);
  const pending = await pendingMigrations(database);
  if (pending.length > 0)
    throw new Error(`Keystile finds its tables missing or old: await migrateKeystile(database) first (${pending.join(', ')})`);
  return options;
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

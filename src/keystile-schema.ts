import type { DataSource } from 'typeorm';

import { auditEntities, auditMigrations, callEntities, callMigrations } from './audit';
import { coordinationEntities, coordinationMigrations } from './coordination';
import { keyEntities, keyMigrations } from './keys';
import { noticeEntities, noticeMigrations } from './notices';
import { type Migration, migrateKeystile as migrate, pendingMigrations as pending } from './persistence';

/** What the package keeps in a host's database; give it to the `DataSource` beside the host's own entities. */
export const keystileEntities = [...coordinationEntities, ...auditEntities, ...keyEntities, ...noticeEntities, ...callEntities];

const migrations: readonly Migration[] = [
  ...coordinationMigrations,
  ...auditMigrations,
  ...callMigrations,
  ...keyMigrations,
  ...noticeMigrations,
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

/**
 * Makes our tables, or brings them up to date, one process at a time; the host's own tables and migrations are not touched.
 * Call it before the application starts.
 *
 * @returns the names of the migrations that this call ran
 */
export const migrateKeystile = (dataSource: DataSource): Promise<string[]> => migrate(dataSource, migrations);

/** What `migrateKeystile` would run. */
export const pendingMigrations = (dataSource: DataSource): Promise<string[]> => pending(dataSource, migrations);

import { auditEntities, auditMigrations, callEntities, callMigrations } from './audit';
import { coordinationEntities, coordinationMigrations } from './coordination';
import { keyEntities, keyMigrations } from './keys';
import { messagingEntities, messagingMigrations } from './messaging';
import { noticeEntities, noticeMigrations } from './notices';
import { operationsEntities, operationsMigrations } from './operations';
import { organizationEntities, organizationMigrations } from './organizations';
import type { Migration } from './persistence';

/** Everything the service keeps in its main database. */
export const mainEntities = [
  ...coordinationEntities,
  ...organizationEntities,
  ...auditEntities,
  ...keyEntities,
  ...noticeEntities,
  ...messagingEntities,
  ...operationsEntities,
];
export const mainMigrations: readonly Migration[] = inOrder([
  ...coordinationMigrations,
  ...organizationMigrations,
  ...auditMigrations,
  ...keyMigrations,
  ...noticeMigrations,
  ...messagingMigrations,
  ...operationsMigrations,
]);

/** The call log: a file of its own on SQLite, the main database elsewhere. */
export { callEntities };
export const callLogMigrations: readonly Migration[] = inOrder(callMigrations);

function inOrder(migrations: readonly Migration[]): readonly Migration[] {
  return migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

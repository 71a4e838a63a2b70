import type { Migration } from '../../src/persistence';
import { callEntities, callLogMigrations, mainEntities, mainMigrations } from '../../src/service-schema';

interface Tables {
  readonly entities: readonly Function[];
  readonly migrations: readonly Migration[];
}

/** Every table of the service, by the database that it stands in; on MySQL and MariaDB the two are one. */
export const mainTables: Tables = { entities: mainEntities, migrations: mainMigrations };
export const callTables: Tables = { entities: callEntities, migrations: callLogMigrations };
export const allTables: Tables = {
  entities: [...mainEntities, ...callEntities],
  migrations: [...mainMigrations, ...callLogMigrations],
};

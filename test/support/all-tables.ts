import { auditEntities, auditMigrations, callEntities, callMigrations } from '../../src/audit';

/** Every table of the service, by the database that it stands in; on MySQL and MariaDB the two are one. */
export const mainTables = { entities: [...auditEntities], migrations: [...auditMigrations] };
export const callTables = { entities: [...callEntities], migrations: [...callMigrations] };
export const allTables = {
  entities: [...mainTables.entities, ...callTables.entities],
  migrations: [...mainTables.migrations, ...callTables.migrations],
};

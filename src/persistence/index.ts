/**
 * The store: which database a URL names (`openDatabase`), the columns both kinds agree on, the migrations and who may run them,
 * one transaction with retries (`inTransaction`), and what a driver's error means. Knows no table but its own history.
 */
export * from './columns';
export { commitHook, type CommitHook, isInTransaction } from './commit-hooks';
export { openDatabase } from './data-source';
export { isSerialised, serialiseSqlite } from './sqlite-gate';
export { asProblem, isDatabaseAway, isDuplicate, isRetryable, isUndone, isUnreachable, isWriteRefused } from './errors';
export { migrateKeystile, pendingMigrations } from './migrate';
export { patiently } from './mysql-guard';
export { indexName, type Migration, Schema } from './schema';
export { type DataLock, lockDataDirectory } from './sqlite-lock';
export { inTransaction } from './transaction';

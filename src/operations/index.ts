/**
 * What a running service needs besides its domain: whether it is alive and ready (`Readiness`), what it measures (`Metrics`), and
 * requests that may be repeated without being done twice (`IdempotencyRecords`, ten minutes, `Idempotency-Key`).
 */
import { IdempotencyRecord } from './idempotency-record.entity';

export { IdempotencyRecords } from './idempotency-records';
export { Metrics } from './metrics';
export { operationsMigrations } from './migrations';
export { OperationsModule, type OperationsOptions } from './operations.module';
export { Readiness } from './readiness';

export const operationsEntities = [IdempotencyRecord];

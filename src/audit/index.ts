/**
 * The records. Every call leaves a row (`CallRecorder` makes it, `CallStore` keeps it), every change an event (`AuditTrail`) that is
 * written in the transaction of the change and chained to the one before.
 */
export { auditEntities, type AuditEvent } from './audit-event.entity';
export type { AuditEventListView, AuditEventQueryDto, AuditEventView } from './audit-event.dto';
export { AuditEventService } from './audit-event.service';
export { type AuditOptions, AuditModule } from './audit.module';
export { type Actor, type AuditEntry, actorOf, AuditTrail, INSTALLATION } from './audit-trail';
export { canonicalJson } from './audit-chain';
export type { CheckpointKey } from './checkpoint';
export type { CheckpointOptions } from './checkpoint-options';
export type { JournalOptions } from './journal';
export { CheckpointDelivery } from './checkpoint-delivery';
export { CheckpointJob } from './checkpoint-job';
export { AuditHistory } from './audit-history';
export { RETENTION_TERMS, type RetentionTerms } from './call-retention';
export { callEntities } from './call-entities';
export { CallIds, requestIdOf } from './call-id';
export type { CallLogView } from './call-log.dto';
export { CallLogService } from './call-log.service';
export { type RecordScope, RecordScopeDto } from './record-query.dto';
export { CallRecorder, TRUSTED_PROXIES } from './call-recorder';
export { CALL_SINK, type CallSink, type FinishedCall } from './finished-call';
export { CALL_OBSERVERS, type CallObserver, CallStore } from './call-store';
export { CALL_DATABASE } from './call-terms';
export { CurrentActor } from './current-actor';
export { hourStart, type KeyAddresses, type KeyCallKind, KeyCalls, type WhichKey } from './key-calls';
export { auditMigrations, callMigrations } from './migrations';
export { type ExportVerdict, readCheckpoints, readPublicKeys, verifyExport } from './export-verifier';
export type { StoredCall } from './stored-call';
export { PersonalErasure } from './personal-erasure';
export { auditScopes } from './scopes';

/**
 * The records. Every call leaves a row (`CallRecorder` makes it, `CallLog` keeps it), every change an event (`AuditTrail`) that is
 * written in the transaction of the change and chained to the one before.
 */
export { canonicalJson } from './audit-chain';
export { auditEntities } from './audit-event.entity';
export { type Actor, type AuditEntry, actorOf, AuditTrail, INSTALLATION } from './audit-trail';
export { callEntities } from './call-log.entity';
export { CALL_SINK, CallRecorder, type CallSink, type FinishedCall, TRUSTED_PROXIES } from './call-recorder';
export { CurrentActor } from './current-actor';
export { auditMigrations, callMigrations } from './migrations';

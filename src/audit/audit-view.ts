import { type DataSource, In } from 'typeorm';

import type { AuditEventView } from './audit-event.dto';
import { type AuditEvent, AuditPersonal } from './audit-event.entity';
import { INSTALLATION } from './audit-trail';

/** The personal fields of events that still have some, by the id of the event. */
export async function personalOf(database: DataSource, events: readonly AuditEvent[]): Promise<ReadonlyMap<string, AuditPersonal>> {
  if (events.length === 0) return new Map();
  const rows = await database.manager.findBy(AuditPersonal, { eventId: In(events.map(({ id }) => id)) });
  return new Map(rows.map((row) => [row.eventId, row]));
}

/** An event as people and programs see it. */
export function auditEventView(event: AuditEvent, personal: AuditPersonal | undefined): AuditEventView {
  const { ip = null, reason = null, ...others } = parsed(personal?.fields ?? '{}') as { ip?: string; reason?: string };
  return {
    id: event.id,
    sequence: event.sequence,
    at: event.at,
    organizationId: event.organizationId === INSTALLATION ? null : event.organizationId,
    actor: { type: event.actorType, id: event.actorId },
    action: event.action,
    target: { type: event.targetType, id: event.targetId },
    before: parsed(event.before),
    after: parsed(event.after),
    reason,
    personal: Object.keys(others).length > 0 ? others : null,
    ip,
    requestId: event.requestId,
    personalDigest: event.personalDigest,
    previousHash: event.previousHash,
    hash: event.hash,
  };
}

/** Where somebody has tampered with it, it need not be JSON any more; it is shown all the same, for verification to name it. */
function parsed(json: string | null): Record<string, unknown> | null {
  if (json === null) return null;
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return { unreadable: json };
  }
}

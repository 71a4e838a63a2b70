import type { AuditEvent } from '../../api';

export interface FieldChange {
  readonly field: string;
  /** `undefined` where it was not there, `null` where it was nothing. */
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
}

const MOST_NAMED = 4;

/** Field by field what an event changed; what stayed the same is left out. */
export function changesOf({ before, after }: Pick<AuditEvent, 'before' | 'after'>): FieldChange[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, before: written(before, field), after: written(after, field) }))
    .filter((change) => change.before !== change.after);
}

/** `allowedIps, expiresAt and 2 more`, of what was there before. */
export function changedFields(event: AuditEvent): string {
  if (event.before === null) return '';
  const fields = changesOf(event).map(({ field }) => field);
  const rest = fields.length - MOST_NAMED;
  return `${fields.slice(0, MOST_NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function written(object: Readonly<Record<string, unknown>> | null, field: string): string | null | undefined {
  const value = object?.[field];
  if (value === undefined || value === null) return value;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1).replaceAll(/\s+/g, ' ');
}

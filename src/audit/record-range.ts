import { invalidField, Problem, type Principal } from '../common';
import type { RecordScope } from './record-query.dto';

/** A stretch of time; what it does not say is open. */
export interface TimeRange {
  readonly from: Date | undefined;
  /** Not itself in it. */
  readonly to: Date | undefined;
}

/** @throws Problem `validation_failed` for a time that is none, or an end before the beginning */
export function readRange({ from, to }: { readonly from?: string; readonly to?: string }): TimeRange {
  const range = { from: readMoment('/from', from), to: readMoment('/to', to) };
  if (range.from && range.to && range.from >= range.to) throw invalidField('/to', 'must be later than from');
  return range;
}

/**
 * The organization whose records a caller asks for; `null` for the records of none.
 * @throws Problem `forbidden` for the latter, to everybody but the operator
 */
export function organizationOf({ organizationId, operator }: Principal, scope: RecordScope | undefined): string | null {
  if (scope !== 'installation') return organizationId;
  if (!operator) throw new Problem('forbidden', {}, 'Only the operator may read what belongs to no organization');
  return null;
}

function readMoment(pointer: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw invalidField(pointer, 'must be a time that exists');
  return time;
}

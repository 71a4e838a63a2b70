import { invalidField } from '../common';
import { readRange } from './record-range';
import { QUARTER_MS, quarterOf } from './usage-spans';

const DAY_MS = 24 * 3_600_000;
const LONGEST_MS = 31 * DAY_MS;

/**
 * The stretch of time whose calls are counted.
 * @throws Problem `validation_failed` for one that is none, or longer than 31 days
 */
export function usageRange(query: { readonly from?: string; readonly to?: string }, now: Date): { readonly from: Date; readonly to: Date } {
  const given = readRange(query);
  // The calls of this very millisecond are in it.
  const to = given.to ?? new Date(now.getTime() + 1);
  const from = given.from ?? new Date(quarterOf(to.getTime() - DAY_MS) * QUARTER_MS);
  const length = to.getTime() - from.getTime();
  if (length <= 0) throw invalidField('/from', 'must be earlier than to');
  if (length > LONGEST_MS) throw invalidField('/from', 'must be at most 31 days before to');
  return { from, to };
}

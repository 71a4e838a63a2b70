import type { CallRow } from './call-row';
import type { Stage } from './journal-record';

/** A row that is written, and what it tells of its call. */
export interface CallChange {
  readonly row: CallRow;
  readonly stage: Stage;
}

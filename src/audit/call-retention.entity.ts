import { Entity, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, TimeColumn } from '../persistence';

export const CALL_RETENTION = 'keystile_call_log_retention';

/** When old calls were last deleted: one row, and whoever moves its start does the work. */
@Entity(CALL_RETENTION)
export class CallRetentionRun {
  @PrimaryColumn({ name: 'number', type: 'int' })
  readonly number!: number;

  @TimeColumn('started_at')
  readonly startedAt!: Date;

  @TimeColumn('finished_at', { nullable: true })
  readonly finishedAt!: Date | null;

  @BigIntegerColumn('removed_calls')
  readonly removedCalls!: number;

  /** Lines of the roll-ups. */
  @BigIntegerColumn('removed_usage')
  readonly removedUsage!: number;
}

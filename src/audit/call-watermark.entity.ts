import { Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

import { BigIntegerColumn, indexName, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

export const CALL_WATERMARKS = 'keystile_call_log_watermarks';

/** How much of what one start of one replica has answered is in the call log. Moves in the transaction of the rows. */
@Entity(CALL_WATERMARKS)
@Index(indexName(CALL_WATERMARKS, ['run'], true), ['run'], { unique: true })
@Index(indexName(CALL_WATERMARKS, ['finished_at']), ['finishedAt'])
@Index(indexName(CALL_WATERMARKS, ['hours_until']), ['hoursUntil'])
@Index(indexName(CALL_WATERMARKS, ['days_until']), ['daysUntil'])
export class CallWatermark {
  @PrimaryGeneratedColumn({ type: 'int' })
  readonly number!: number;

  /** The name of the start, which is that of its folder in the journal. */
  @TextColumn('run', 80)
  readonly run!: string;

  @TextColumn('replica', 40)
  readonly replica!: string;

  @TimeColumn('started_at')
  readonly startedAt!: Date;

  /** When it last said that it lives. */
  @TimeColumn('alive_at')
  readonly aliveAt!: Date;

  /** When everything it ever answered was stored. `null` while more may come. */
  @TimeColumn('finished_at', { nullable: true })
  readonly finishedAt!: Date | null;

  /** Every call that it answered before this time is stored. */
  @TimeColumn('complete_until')
  readonly completeUntil!: Date;

  /** The number of the newest record that it has said is written, or that the journal shows; what is stored may be newer. */
  @BigIntegerColumn('last_sequence')
  readonly lastSequence!: number;

  /** The number of the newest record that is stored. */
  @BigIntegerColumn('drained')
  readonly drained!: number;

  /** How many calls were stored. */
  @BigIntegerColumn('calls')
  readonly calls!: number;

  /** How many records were written and could not be stored, because they are not in the journal any more: a hole in the log. */
  @BigIntegerColumn('missing')
  readonly missing!: number;

  /** Which start stored what this one left behind. */
  @TextColumn('adopted_by', 80, { nullable: true })
  readonly adoptedBy!: string | null;

  /** Whole hours of its usage are settled before this quarter of an hour. `null`: none are. */
  @IntegerColumn('hours_until', { nullable: true })
  readonly hoursUntil!: number | null;

  /** As `hoursUntil`, of days. */
  @IntegerColumn('days_until', { nullable: true })
  readonly daysUntil!: number | null;
}

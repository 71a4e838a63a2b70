/** What one start of one replica has answered, and how much of it is in the log. */
export class CompletenessRunView {
  readonly replica!: string;
  /** The name of the start. */
  readonly run!: string;
  readonly startedAt!: Date;
  /** `left_behind`: it does not answer any more, and not everything that it answered is stored yet. */
  readonly state!: 'running' | 'finished' | 'left_behind';
  /** Records of the journal are numbered from 1. A streamed call has two of them. */
  readonly firstSequence!: number;
  /** The newest record that is known of. A replica that is killed may have written more within its last second. */
  readonly lastSequence!: number;
  /** Every record up to this one was stored, but for those that are missing. */
  readonly drainedUpTo!: number;
  /** Records that wait to be stored. */
  readonly pending!: number;
  /** Records that were written and are in the journal no more, or cannot be read there. Anything but 0 is a hole in the log. */
  readonly missing!: number;
  /** How many calls were stored. */
  readonly calls!: number;
  /** Every call that it answered before this time was stored, but for those that are missing. */
  readonly completeUntil!: Date;
  /** The start that stored what this one left behind. */
  readonly adoptedBy!: string | null;
}

export class CompletenessView {
  /** Newest start first. Empty for everybody but the operator: the starts have answered other organizations, too. */
  readonly data!: readonly CompletenessRunView[];
  /**
   * Whether every call that is known to have been answered before `completeUntil` was stored. `false` where a start has missing records, or
   * has left some behind and counts as lost (silent for 24 hours). It says nothing of rows that somebody deleted or changed in the database
   * afterwards.
   */
  readonly hasNoGaps!: boolean;
  /**
   * Every call that was answered before this time, by whichever replica, was stored, if there are no gaps. What a dead replica has left
   * behind holds it back for as long as it may still turn up.
   */
  readonly completeUntil!: Date;
}

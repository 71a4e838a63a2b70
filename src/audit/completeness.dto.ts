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
  /** The newest record that is known of. */
  readonly lastSequence!: number;
  /** Every record up to this one is in the log. */
  readonly drainedUpTo!: number;
  readonly pending!: number;
  /** Numbers that never came. Anything but 0 is a hole in the log. */
  readonly missing!: number;
  /** How many calls were stored. */
  readonly calls!: number;
  /** Every call that it answered before this time is in the log. */
  readonly completeUntil!: Date;
  /** The start that stored what this one left behind. */
  readonly adoptedBy!: string | null;
}

export class CompletenessView {
  /** Newest start first. Empty for everybody but the operator: the starts have answered other organizations, too. */
  readonly data!: readonly CompletenessRunView[];
  /** Whether nothing is missing from any of them. */
  readonly hasNoGaps!: boolean;
  /** Every call that was answered before this time, by whichever replica, is in the log. */
  readonly completeUntil!: Date;
}

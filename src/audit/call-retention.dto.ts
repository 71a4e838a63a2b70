/** How long the organization's calls are kept, and when old ones were last deleted. */
export class RetentionView {
  readonly callLogDays!: number;
  /** Of usage by the hour and the day. */
  readonly usageDays!: number;
  readonly lastStartedAt!: Date | null;
  /** `null` also while it is under way. */
  readonly lastFinishedAt!: Date | null;
  /** Of all organizations, by the last run. */
  readonly removedCalls!: number;
  readonly removedUsage!: number;
}

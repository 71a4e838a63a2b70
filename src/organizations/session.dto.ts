export class SessionView {
  readonly id!: string;
  readonly organizationId!: string;
  readonly createdAt!: Date;
  /** When it was last refreshed, or began. */
  readonly lastUsedAt!: Date;
  readonly expiresAt!: Date;
  /** Of the sign-in. */
  readonly ip!: string;
  readonly userAgent!: string | null;
  /** Whether it is the session that asks. */
  readonly current!: boolean;
}

export class SessionListView {
  readonly data!: readonly SessionView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

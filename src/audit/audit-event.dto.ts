import { IsOptional, Matches } from 'class-validator';

import { RecordQueryDto } from './record-query.dto';

/** Ids are ASCII; MySQL refuses to compare their columns with anything else. */
const ANY_ID = /^[\x21-\x7e]{1,36}$/;

export class AuditEventQueryDto extends RecordQueryDto {
  /** An action such as `api_key.created`, or its beginning, followed by `*`. */
  @IsOptional()
  @Matches(/^[a-z0-9_.]{1,64}\*?$/, { message: 'must be an action such as api_key.created or api_key.*' })
  readonly action?: string;

  @IsOptional()
  @Matches(ANY_ID, { message: 'must be an id' })
  readonly actorId?: string;

  @IsOptional()
  @Matches(ANY_ID, { message: 'must be an id' })
  readonly targetId?: string;
}

export class AuditActorView {
  readonly type!: 'user' | 'api_key' | 'system' | 'anonymous';
  readonly id!: string | null;
}

export class AuditTargetView {
  readonly type!: string;
  readonly id!: string | null;
}

/** One change. */
export class AuditEventView {
  readonly id!: string;
  /** From 1, without gaps, in the chain of the organization. */
  readonly sequence!: number;
  readonly at!: Date;
  readonly organizationId!: string | null;
  readonly actor!: AuditActorView;
  /** What happened: `api_key.created`, `member.role_changed`. */
  readonly action!: string;
  readonly target!: AuditTargetView;
  readonly before!: Record<string, unknown> | null;
  readonly after!: Record<string, unknown> | null;
  readonly reason!: string | null;
  /** What else tells about a person. `ip`, `reason` and this can be erased without breaking the chain. */
  readonly personal!: Record<string, unknown> | null;
  readonly ip!: string | null;
  /** The call that made the change. */
  readonly requestId!: string | null;
  /** Binds the personal fields to the event: it stays when they are erased. */
  readonly personalDigest!: string | null;
  /** The `hash` of the event before; 64 zeros in the first one. */
  readonly previousHash!: string;
  /** SHA-256 over all of the above but the personal fields themselves. */
  readonly hash!: string;
}

/** One change in an export, with what its personal fields are checked with. */
export class ExportedAuditEvent extends AuditEventView {
  /** `personalDigest` is the SHA-256 of this, a line feed and the personal fields. */
  readonly personalSalt!: string | null;
}

/** Newest first. A page may be short, or empty, and still have more: a search stops for a breath now and then. */
export class AuditEventListView {
  readonly data!: readonly AuditEventView[];
  /** Whether there is more: also where this page is short, or empty. */
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

export class ChainHeadView {
  readonly sequence!: number;
  readonly hash!: string;
}

/** What came of checking a chain from its beginning. */
export class ChainVerificationView {
  readonly valid!: boolean;
  /** How many events were looked at. */
  readonly checked!: number;
  /** The first event that is missing, was changed or does not follow from the one before it. */
  readonly firstBrokenSequence!: number | null;
  /** Whether that one is not there, is not as it was, or is one that the chain has not recorded; `null` where the chain is whole. */
  readonly fault!: 'missing' | 'altered' | 'added' | null;
  /** The newest event that the chain has recorded. */
  readonly head!: ChainHeadView;
}

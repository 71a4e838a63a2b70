import { IsIn, IsOptional } from 'class-validator';

import { PageQueryDto } from '../http';

export class CheckpointQueryDto extends PageQueryDto {
  /** `installation`: of the chain of what belongs to no organization. For the operator only. */
  @IsOptional()
  @IsIn(['organization', 'installation'])
  readonly scope?: 'organization' | 'installation';
}

/** What became of a checkpoint on its way to the operator's file and webhook. */
export class CheckpointDeliveryView {
  /** When it was appended to `AUDIT_CHECKPOINT_FILE`. */
  readonly filedAt!: Date | null;
  /** When `AUDIT_CHECKPOINT_WEBHOOK` took it. */
  readonly deliveredAt!: Date | null;
  readonly attempts!: number;
  /** When it is tried again; `null` where nothing is left to do. */
  readonly nextAttemptAt!: Date | null;
  /** Why the last attempt failed. */
  readonly error!: string | null;
}

/** A signed word about an audit chain: this was its newest event then. */
export class CheckpointView {
  /** `null` for the chain of what belongs to no organization. */
  readonly organizationId!: string | null;
  readonly sequence!: number;
  /** The `hash` of that event. */
  readonly hash!: string;
  readonly at!: Date;
  /** Which of `/.well-known/keystile-audit-keys.json` signed it. */
  readonly kid!: string;
  /** Ed25519, base64url, over five lines: `keystile-audit-checkpoint-v1`, organization or `installation`, sequence, hash, time. */
  readonly signature!: string;
  readonly delivery!: CheckpointDeliveryView;
}

/** Newest first. */
export class CheckpointListView {
  readonly data!: readonly CheckpointView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

export class AuditKeyView {
  readonly kty!: 'OKP';
  readonly crv!: 'Ed25519';
  readonly kid!: string;
  readonly x!: string;
  readonly use!: 'sig';
  readonly alg!: 'EdDSA';
}

/** A JSON Web Key Set (RFC 7517). */
export class AuditKeysView {
  readonly keys!: readonly AuditKeyView[];
}

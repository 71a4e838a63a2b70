import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, TextColumn, TimeColumn } from '../persistence';

export type OneTimePurpose = 'setup' | 'password_reset';

/** A link that works once and not for long, as the digest of its token. */
@Entity('keystile_one_time_tokens')
@Index('uq_one_time_tokens_digest', ['digest'], { unique: true })
@Index('ix_one_time_tokens_user_id', ['userId'])
@Index('ix_one_time_tokens_expires_at', ['expiresAt'])
export class OneTimeToken {
  @IdPrimaryColumn()
  readonly id!: string;

  @TextColumn('purpose', 16)
  readonly purpose!: OneTimePurpose;

  /** SHA-256, in hex. */
  @TextColumn('digest', 64, { select: false })
  readonly digest!: string;

  /** Whose password it resets; `null` for setup. */
  @IdColumn('user_id', { nullable: true })
  readonly userId!: string | null;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('expires_at')
  readonly expiresAt!: Date;

  @TimeColumn('used_at', { nullable: true })
  readonly usedAt!: Date | null;
}

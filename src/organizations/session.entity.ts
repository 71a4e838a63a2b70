import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

export type SessionEnd =
  | 'signed_out'
  | 'switched'
  | 'revoked'
  | 'refresh_reuse'
  | 'password_changed'
  | 'password_reset'
  | 'user_deleted'
  | 'member_removed'
  | 'organization_deleted';

/** One signed-in device. Its access tokens live as long as it does; its refresh token is made from it (`RefreshTokens`). */
@Entity('keystile_sessions')
@Index('ix_sessions_user_id_created_at_id', ['userId', 'createdAt', 'id'])
@Index('ix_sessions_organization_id', ['organizationId'])
@Index('ix_sessions_expires_at', ['expiresAt'])
export class Session {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('user_id')
  readonly userId!: string;

  /** Where the person is working. Switching moves the session and so ends its access tokens for the former place. */
  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('salt', 32, { select: false })
  readonly salt!: string;

  /** Which refresh token is the current one, counted from 0. */
  @IntegerColumn('generation')
  readonly generation!: number;

  @TimeColumn('rotated_at')
  readonly rotatedAt!: Date;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('expires_at')
  readonly expiresAt!: Date;

  @TimeColumn('ended_at', { nullable: true })
  readonly endedAt!: Date | null;

  @TextColumn('end_reason', 24, { nullable: true })
  readonly endReason!: SessionEnd | null;

  @TextColumn('ip', 45)
  readonly ip!: string;

  @TextColumn('user_agent', 256, { nullable: true })
  readonly userAgent!: string | null;
}

import { Entity, PrimaryColumn } from 'typeorm';

import { IdPrimaryColumn, TimeColumn } from '../persistence';

/** Why somebody is told about a key. New networks are `KeyNetwork`s. */
export type NoticeReason = 'expiry_14_days' | 'expiry_3_days' | 'rotation_due' | 'refusal_burst';

/** The latest notice of each reason that was given about a key. Whoever writes the row gives the notice. */
@Entity('keystile_key_notices')
export class KeyNotice {
  @IdPrimaryColumn('key_id')
  readonly keyId!: string;

  @PrimaryColumn({ name: 'reason', type: 'varchar', length: 24 })
  readonly reason!: NoticeReason;

  /** What it was about: the expiry, the making of the secret, or the burst. The same reason for another date is another notice. */
  @TimeColumn('about')
  readonly about!: Date;

  @TimeColumn('given_at')
  readonly givenAt!: Date;
}

/** A network that a live key has been used from. */
@Entity('keystile_key_networks')
export class KeyNetwork {
  @IdPrimaryColumn('key_id')
  readonly keyId!: string;

  /** A CIDR block in its normal form. */
  @PrimaryColumn({ name: 'network', type: 'varchar', length: 49 })
  readonly network!: string;

  @TimeColumn('first_used_at')
  readonly firstUsedAt!: Date;

  /** To the day. */
  @TimeColumn('last_used_at')
  readonly lastUsedAt!: Date;
}

export const noticeEntities = [KeyNotice, KeyNetwork];

import { Entity } from 'typeorm';

import { BooleanColumn, IdPrimaryColumn, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

/** Owner of members, keys and logs: the boundary that nothing crosses. */
@Entity('keystile_organizations')
export class Organization {
  @IdPrimaryColumn()
  readonly id!: string;

  @TextColumn('name', 100)
  readonly name!: string;

  @TextColumn('status', 16)
  readonly status!: 'active' | 'suspended';

  @TimeColumn('suspended_at', { nullable: true })
  readonly suspendedAt!: Date | null;

  @TimeColumn('deleted_at', { nullable: true })
  readonly deletedAt!: Date | null;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  /** Raised by every change: the ETag. */
  @IntegerColumn('version')
  readonly version!: number;

  /** `null` where the installation's own term holds, here and in the next. */
  @IntegerColumn('call_log_retention_days', { nullable: true })
  readonly callLogRetentionDays!: number | null;

  @IntegerColumn('usage_retention_days', { nullable: true })
  readonly usageRetentionDays!: number | null;

  @IntegerColumn('max_key_lifetime_seconds', { nullable: true })
  readonly maxKeyLifetimeSeconds!: number | null;

  @BooleanColumn('key_expiry_required')
  readonly keyExpiryRequired!: boolean;

  @BooleanColumn('key_allowlist_required')
  readonly keyAllowlistRequired!: boolean;

  /** For keys without a limit of their own; set together with its window, or not at all. */
  @IntegerColumn('default_rate_limit', { nullable: true })
  readonly defaultRateLimit!: number | null;

  @IntegerColumn('default_rate_limit_window_seconds', { nullable: true })
  readonly defaultRateLimitWindowSeconds!: number | null;

  /** For all keys of the organization together; set together with its window, or not at all. */
  @IntegerColumn('rate_limit', { nullable: true })
  readonly rateLimit!: number | null;

  @IntegerColumn('rate_limit_window_seconds', { nullable: true })
  readonly rateLimitWindowSeconds!: number | null;
}

import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';

import { MayBeAbsent } from '../http';
import { IsName } from './input';

const LONGEST_DAYS = 36_500;
const TEN_YEARS_SECONDS = 10 * 366 * 24 * 3_600;

export class CreateOrganizationDto {
  @IsName()
  readonly name!: string;
}

export class OrganizationRateLimitDto {
  /** How many calls a window holds; also how many may come at once. */
  @MayBeAbsent()
  @Min(1)
  @Max(1_000_000)
  @IsInt()
  readonly limit?: number;

  @MayBeAbsent()
  @Min(1)
  @Max(86_400)
  @IsInt()
  readonly windowSeconds?: number;
}

export class UpdateOrganizationDto {
  @MayBeAbsent()
  @IsName()
  readonly name?: string;

  /** For the operator of the installation only. A suspended organization's people and keys are refused. */
  @MayBeAbsent()
  @IsIn(['active', 'suspended'])
  readonly status?: 'active' | 'suspended';

  /** How long calls are kept; `null` for as long as the installation keeps them. */
  @IsOptional()
  @Min(1)
  @Max(LONGEST_DAYS)
  @IsInt()
  readonly callLogRetentionDays?: number | null;

  /** How long usage is kept; `null` for as long as the installation keeps it. */
  @IsOptional()
  @Min(1)
  @Max(LONGEST_DAYS)
  @IsInt()
  readonly usageRetentionDays?: number | null;

  /** No key may live longer; `null` for no bound. */
  @IsOptional()
  @Min(60)
  @Max(TEN_YEARS_SECONDS)
  @IsInt()
  readonly maxKeyLifetimeSeconds?: number | null;

  /** Whether every new key has to expire. */
  @MayBeAbsent()
  @IsBoolean()
  readonly keyExpiryRequired?: boolean;

  /** Whether every new key has to have an IP allowlist. */
  @MayBeAbsent()
  @IsBoolean()
  readonly keyAllowlistRequired?: boolean;

  /** For new keys without a limit of their own; `null` for none. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OrganizationRateLimitDto)
  readonly defaultRateLimit?: OrganizationRateLimitDto | null;

  /** For all keys of the organization together, each of which may have a limit of its own besides; `null` for none. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OrganizationRateLimitDto)
  readonly rateLimit?: OrganizationRateLimitDto | null;
}

export class OrganizationRateLimitView {
  readonly limit!: number;
  readonly windowSeconds!: number;
}

export class OrganizationSummaryView {
  readonly id!: string;
  readonly name!: string;
  readonly status!: 'active' | 'suspended';
  /** The caller's own role there: a built-in name or `rol_…`; `null` for keys, and for an operator who is no member. */
  readonly role!: string | null;
  readonly createdAt!: Date;
}

export class OrganizationView extends OrganizationSummaryView {
  readonly suspendedAt!: Date | null;
  readonly callLogRetentionDays!: number | null;
  readonly usageRetentionDays!: number | null;
  readonly maxKeyLifetimeSeconds!: number | null;
  readonly keyExpiryRequired!: boolean;
  readonly keyAllowlistRequired!: boolean;
  readonly defaultRateLimit!: OrganizationRateLimitView | null;
  readonly rateLimit!: OrganizationRateLimitView | null;
}

export class OrganizationListView {
  readonly data!: readonly OrganizationSummaryView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

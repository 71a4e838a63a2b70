import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

import { IsMoment, WholeNumber } from '../http';

const INTERVALS = ['minute', 'hour', 'day'] as const;
const GROUPS = ['key', 'route', 'status', 'code'] as const;

class UsageRangeDto {
  /** Not before this time. Default: a day before `to`, from the beginning of that quarter of an hour. Whole quarters are answered soonest. */
  @IsOptional()
  @IsMoment()
  readonly from?: string;

  /** Before this time, at most 31 days after `from`. Default: now. */
  @IsOptional()
  @IsMoment()
  readonly to?: string;
}

export class UsageQueryDto extends UsageRangeDto {
  /** How long a bucket is. Minutes only for up to six hours. */
  @IsOptional()
  @IsIn(INTERVALS)
  readonly interval: (typeof INTERVALS)[number] = 'hour';

  /** One bucket for each key, route, status or code, instead of one for all calls. */
  @IsOptional()
  @IsIn(GROUPS)
  readonly groupBy?: (typeof GROUPS)[number];

  /**
   * Ids of up to 100 keys, separated by commas: only their calls are counted, together or, with `groupBy=key`, apart. A verification is
   * counted for the key that was asked about and not for the one that asked, so the call log lists others by `keyId`.
   */
  @IsOptional()
  @Matches(/^key_[0-9a-z]{26}(,key_[0-9a-z]{26}){0,99}$/, { message: 'must be ids of up to 100 API keys, separated by commas' })
  readonly keyId?: string;

  /** An IANA time zone such as `Europe/Berlin`, in which hours and days begin. Days need one; hours are of UTC without. */
  @IsOptional()
  @Length(1, 64)
  @IsString()
  readonly timeZone?: string;
}

export class TopUsageQueryDto extends UsageRangeDto {
  /** What the calls are counted by. */
  @IsIn(GROUPS)
  readonly groupBy!: (typeof GROUPS)[number];

  /** How many of the groups are told, those with most calls. */
  @IsOptional()
  @WholeNumber()
  @Min(1)
  @Max(100)
  @IsInt()
  readonly limit: number = 10;
}

/** How calls went, and how long they took. Those that were neither denied nor errors went well. */
export class UsageFiguresView {
  readonly calls!: number;
  /** Answered with 4xx or 5xx, but for the denied ones. */
  readonly errors!: number;
  /** Answered with 401, 403 or 429. */
  readonly denied!: number;
  readonly p50Ms!: number;
  readonly p95Ms!: number;
  readonly p99Ms!: number;
}

/** What happened in one bucket. */
export class UsageBucketView extends UsageFiguresView {
  /** When it begins. A text, because thousands begin at the same time: putting dates into words took as long as everything else. */
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;
  /** With `groupBy`: the key's id, the route, the status or the code; `null` for calls without. */
  readonly group?: string | null;
}

export class TopUsageGroupView extends UsageFiguresView {
  /** The key's id, the route, the status or the code; `null` for calls without. */
  readonly group!: string | null;
}

/** Calls of everything that `data` leaves out. */
export class OtherUsageView {
  readonly groups!: number;
  readonly calls!: number;
  readonly errors!: number;
  readonly denied!: number;
}

/** Most calls first. */
export class TopUsageView {
  readonly data!: readonly TopUsageGroupView[];
  readonly others!: OtherUsageView;
  readonly from!: Date;
  readonly to!: Date;
  /** Every call that was answered before this time is counted. */
  readonly completeUntil!: Date;
}

/** Oldest first. Buckets without calls are left out. */
export class UsageView {
  readonly data!: readonly UsageBucketView[];
  readonly from!: Date;
  readonly to!: Date;
  readonly interval!: 'minute' | 'hour' | 'day';
  readonly timeZone!: string;
  /** Every call that was answered before this time is counted. */
  readonly completeUntil!: Date;
}

import { IsIn, IsOptional, IsString, Length } from 'class-validator';

import { IsMoment } from '../http';

const INTERVALS = ['minute', 'hour', 'day'] as const;
const GROUPS = ['key', 'route', 'status', 'code'] as const;

export class UsageQueryDto {
  /** Not before this time. Default: a day before `to`. */
  @IsOptional()
  @IsMoment()
  readonly from?: string;

  /** Before this time, at most 31 days after `from`. Default: now. */
  @IsOptional()
  @IsMoment()
  readonly to?: string;

  /** How long a bucket is. Minutes only for up to six hours. */
  @IsOptional()
  @IsIn(INTERVALS)
  readonly interval: (typeof INTERVALS)[number] = 'hour';

  /** One bucket for each key, route, status or code, instead of one for all calls. */
  @IsOptional()
  @IsIn(GROUPS)
  readonly groupBy?: (typeof GROUPS)[number];

  /** An IANA time zone such as `Europe/Berlin`, in which hours and days begin. Days need one; hours are of UTC without. */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  readonly timeZone?: string;
}

/** What happened in one bucket. Calls that were neither denied nor errors went well. */
export class UsageBucketView {
  /** When it begins. */
  readonly at!: Date;
  /** With `groupBy`: the key's id, the route, the status or the code; `null` for calls without. */
  readonly group?: string | null;
  readonly calls!: number;
  /** Answered with 4xx or 5xx, but for the denied ones. */
  readonly errors!: number;
  /** Answered with 401, 403 or 429. */
  readonly denied!: number;
  readonly p50Ms!: number;
  readonly p95Ms!: number;
  readonly p99Ms!: number;
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

import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsIP, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

import { WholeNumber } from '../http';
import { RecordQueryDto } from './record-query.dto';

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const UpperCase = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value));

export class CallLogQueryDto extends RecordQueryDto {
  /** Calls that were made with this key. Reports of usage count its verifications, too: those are listed by `subjectKeyId`. */
  @IsOptional()
  @Matches(/^key_[0-9a-z]{26}$/, { message: 'must be the id of an API key' })
  readonly keyId?: string;

  /** Verifications of this key: calls of `POST /v1/api-keys/verify` that asked about it, whoever made them. */
  @IsOptional()
  @Matches(/^key_[0-9a-z]{26}$/, { message: 'must be the id of an API key' })
  readonly subjectKeyId?: string;

  /** Whoever called: `usr_…` or `key_…`. */
  @IsOptional()
  @Matches(/^(usr|key)_[0-9a-z]{26}$/, { message: 'must be the id of a user or of an API key' })
  readonly principalId?: string;

  @IsOptional()
  @UpperCase()
  @Matches(/^[A-Z-]{1,16}$/, { message: 'must be an HTTP method' })
  readonly method?: string;

  /** The path without query, exactly; or its beginning, followed by `*`. */
  @IsOptional()
  @Length(1, 512)
  @IsString()
  readonly path?: string;

  /** The pattern that matched, such as `/v1/api-keys/:id`. */
  @IsOptional()
  @Length(1, 512)
  @IsString()
  readonly route?: string;

  @IsOptional()
  @WholeNumber()
  @Min(100)
  @Max(599)
  @IsInt()
  readonly status?: number;

  @IsOptional()
  @IsIn(STATUS_CLASSES)
  readonly statusClass?: (typeof STATUS_CLASSES)[number];

  /** The `code` of the problem that was answered; of a verification, why the key that was asked about is not valid. */
  @IsOptional()
  @Matches(/^[a-z_]{1,40}$/, { message: 'must be the code of a problem' })
  readonly code?: string;

  @IsOptional()
  @IsIP(undefined, { message: 'must be an IP address' })
  readonly ip?: string;

  @IsOptional()
  @IsIn(['live', 'test'])
  readonly environment?: 'live' | 'test';

  @IsOptional()
  @Matches(/^req_[0-9a-z]{26}$/, { message: 'must be a request id' })
  readonly requestId?: string;

  /** Calls that took at least this long. */
  @IsOptional()
  @WholeNumber()
  @Min(0)
  @Max(86_400_000)
  @IsInt()
  readonly minLatencyMs?: number;
}

/** One answered call; `calls` of them where an address was past its limit of bad credentials. */
export class CallLogView {
  /** Also sent as `X-Request-Id`. */
  readonly requestId!: string;
  readonly at!: Date;
  readonly organizationId!: string | null;
  /** `null` where nobody could be made out. Of refused calls it is whoever's secret matched. */
  readonly principalType!: 'user' | 'api_key' | null;
  readonly keyId!: string | null;
  /** The name that the key had then. */
  readonly keyName!: string | null;
  /** The public beginning of what was presented; of an unknown key at most that. */
  readonly credentialPrefix!: string | null;
  readonly userId!: string | null;
  readonly method!: string;
  /** The pattern that matched; `null` for a path that does not exist. */
  readonly route!: string | null;
  /** Without the query. */
  readonly path!: string;
  /** 499 where the caller went away before the answer was complete. */
  readonly status!: number;
  /** The `code` of the problem that was answered; of a verification, which is answered with 200, why the key is not valid. */
  readonly code!: string | null;
  readonly latencyMs!: number;
  readonly ip!: string | null;
  readonly userAgent!: string | null;
  readonly referrer!: string | null;
  readonly environment!: 'live' | 'test' | null;
  readonly requiredScopes!: string[];
  readonly responseBytes!: number;
  /** Of a verification: the API key that was asked about. */
  readonly subjectKeyId!: string | null;
  /** The `X-Request-Id` that the caller sent. */
  readonly inboundRequestId!: string | null;
  /**
   * How many calls the row stands for: 1, or all those of one second that were refused because too many bad credentials came from
   * their address (429 `rate_limited`). Whatever else the row says is said of the first of them.
   */
  readonly calls!: number;
}

/** Newest first. A page may be short, or empty, and still have more: a search stops for a breath now and then. */
export class CallLogListView {
  readonly data!: readonly CallLogView[];
  /** Whether there is more: also where this page is short, or empty. */
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
  /** Every call that was answered before this time is in the log. */
  readonly completeUntil!: Date;
}

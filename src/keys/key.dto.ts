import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { normalizeIpEntry } from '../common';
import { HasLength, HasNoControls, IsMoment, IsNotBlank, MayBeAbsent, PageQueryDto } from '../http';
import { isScopePattern, MOST_SCOPES } from '../permissions';
import { isReferrerEntry } from './judge';

const MOST_ENTRIES = 100;
/** Of texts up to 255 characters each: all lists of a key together stay within a text column of an audit event. */
const MOST_LONG_ENTRIES = 50;
const LARGEST_METADATA_BYTES = 4096;
const THIRTY_DAYS_SECONDS = 30 * 24 * 3600;

/** `null` clears (RFC 7396) and is checked by nothing else; absent keeps. */
const Clearable = (): PropertyDecorator => ValidateIf((_object, value) => value !== null && value !== undefined);

const Each = (name: string, message: string, holds: (value: unknown) => boolean): PropertyDecorator =>
  ValidateBy({ name, validator: { validate: holds, defaultMessage: () => message } }, { each: true });

const isMetadata = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([name, text]) => name.length <= 100 && typeof text === 'string' && !text.includes('\0')) &&
  Buffer.byteLength(JSON.stringify(value)) <= LARGEST_METADATA_BYTES;

export class OwnerDto {
  @IsIn(['user', 'service_account', 'organization'])
  readonly type!: 'user' | 'service_account' | 'organization';

  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'must be an id' })
  readonly id!: string;
}

export class RateLimitDto {
  /** How many calls a window holds; also how many may come at once. */
  @Min(1)
  @Max(1_000_000)
  @IsInt()
  readonly limit!: number;

  @Min(1)
  @Max(86_400)
  @IsInt()
  readonly windowSeconds!: number;
}

export class AllowedEndpointDto {
  /** `*` for any. */
  @IsIn(['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
  readonly method!: string;

  /** A path, or the beginning of one followed by `*`. */
  @Length(1, 255)
  @Matches(/^\/[\x21-\x29\x2b-\x7e]*\*?$/, { message: 'must begin with / and may end with *' })
  @IsString()
  readonly path!: string;
}

/** The part of a key that can be set when it is made and changed afterwards. */
class KeyPolicyDto {
  @IsOptional()
  @HasLength(0, 500)
  @HasNoControls()
  readonly description?: string | null;

  /** Addresses and CIDR blocks, IPv4 and IPv6. Empty means any address. */
  @Clearable()
  @IsArray()
  @ArrayMaxSize(MOST_ENTRIES)
  @Each(
    'isIpEntry',
    'each entry must be an IP address or a CIDR block',
    (entry) => typeof entry === 'string' && normalizeIpEntry(entry) !== undefined,
  )
  readonly allowedIps?: string[] | null;

  /** Origins, optionally with `*.` before the host and a path after it. */
  @Clearable()
  @IsArray()
  @ArrayMaxSize(MOST_LONG_ENTRIES)
  @Each('isReferrer', 'each entry must be an origin such as https://app.example.com', isReferrerEntry)
  readonly allowedReferrers?: string[] | null;

  @Clearable()
  @IsArray()
  @ArrayMaxSize(MOST_LONG_ENTRIES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => AllowedEndpointDto)
  readonly allowedEndpoints?: AllowedEndpointDto[] | null;

  @Clearable()
  @IsMoment()
  readonly expiresAt?: string | null;

  @Clearable()
  @IsObject()
  @ValidateNested()
  @Type(() => RateLimitDto)
  readonly rateLimit?: RateLimitDto | null;

  @IsOptional()
  @IsIn(['revoke', 'transfer'])
  readonly onOwnerRemoved?: 'revoke' | 'transfer';

  /** A flat map of texts, up to 4 KiB. */
  @Clearable()
  @ValidateBy({ name: 'isMetadata', validator: { validate: isMetadata, defaultMessage: () => 'must be a flat map of texts, up to 4 KiB' } })
  readonly metadata?: Record<string, string> | null;
}

export const Scopes = (): PropertyDecorator => (target, key) => {
  IsArray()(target, key);
  ArrayMaxSize(MOST_SCOPES)(target, key);
  Each(
    'isScopePattern',
    'each scope must be a name such as send_sms or client.read, a wildcard such as client.*, or *',
    isScopePattern,
  )(target, key);
};

export class CreateKeyDto extends KeyPolicyDto {
  @HasLength(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly name!: string;

  @IsOptional()
  @IsIn(['live', 'test'])
  readonly environment?: 'live' | 'test';

  /** What the key may do: names and wildcards of the catalog. */
  @Scopes()
  readonly scopes!: string[];

  /** Who the key belongs to. Default: the caller, or the owner of the calling key. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnerDto)
  readonly owner?: OwnerDto;
}

export class UpdateKeyDto extends KeyPolicyDto {
  @MayBeAbsent()
  @HasLength(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly name?: string;

  @MayBeAbsent()
  @Scopes()
  readonly scopes?: string[];
}

export class RotateKeyDto {
  /** How long the old secret works on. 0, the default, ends it at once; at most 30 days. */
  @IsOptional()
  @Min(0)
  @Max(THIRTY_DAYS_SECONDS)
  @IsInt()
  readonly overlapSeconds?: number;

  @Clearable()
  @IsMoment()
  readonly expiresAt?: string | null;

  @MayBeAbsent()
  @Scopes()
  readonly scopes?: string[];

  @IsOptional()
  @HasLength(1, 500)
  @HasNoControls()
  readonly reason?: string;
}

export class RevokeKeyDto {
  @IsOptional()
  @HasLength(1, 500)
  @HasNoControls()
  readonly reason?: string;
}

export class VerifiedRequestDto {
  @IsOptional()
  @IsIn(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
  readonly method?: string;

  @IsOptional()
  @Length(1, 2048)
  @IsString()
  readonly path?: string;

  @IsOptional()
  @Length(1, 64)
  @IsString()
  readonly ip?: string;

  @IsOptional()
  @Length(1, 2048)
  @IsString()
  readonly referrer?: string;
}

export class VerifyKeyDto {
  /** The whole key, as it was presented to you. */
  @Length(1, 4096)
  @IsString()
  readonly key!: string;

  /** The call that the key was presented for, checked exactly as this service would check its own: what it leaves out counts as not sent. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => VerifiedRequestDto)
  readonly request?: VerifiedRequestDto;

  /** Scopes that the key has to hold, all of them. */
  @IsOptional()
  @Scopes()
  readonly scopes?: string[];
}

export class ListKeysDto extends PageQueryDto {
  /** Ids of up to 100 keys, separated by commas: only these. */
  @IsOptional()
  @Matches(/^key_[0-9a-z]{26}(,key_[0-9a-z]{26}){0,99}$/, { message: 'must be ids of up to 100 API keys, separated by commas' })
  readonly id?: string;

  @IsOptional()
  @IsIn(['active', 'disabled', 'expired', 'revoked'])
  readonly status?: 'active' | 'disabled' | 'expired' | 'revoked';

  @IsOptional()
  @IsIn(['live', 'test'])
  readonly environment?: 'live' | 'test';

  /** An owner's id, or `me`. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,64}$/, { message: 'must be an id' })
  readonly owner?: string;

  /** Keys that hold this scope, by name or by a wildcard. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => value)
  @ValidateBy({ name: 'isScope', validator: { validate: isScopePattern, defaultMessage: () => 'must be a scope' } })
  readonly scope?: string;

  /** Part of the name, or the beginning of a prefix. Literal: `%` and `_` stand for themselves. */
  @IsOptional()
  @HasLength(1, 100)
  @HasNoControls()
  readonly q?: string;

  @IsOptional()
  @IsMoment()
  readonly expiresBefore?: string;

  /** Keys not used since, those never used among them where they are older. */
  @IsOptional()
  @IsMoment()
  readonly lastUsedBefore?: string;
}

export class OwnerView {
  readonly type!: 'user' | 'service_account' | 'organization';
  readonly id!: string;
}

export class CredentialView {
  readonly prefix!: string;
  /** `retiring` works until `retiresAt`. */
  readonly state!: 'active' | 'retiring' | 'retired';
  readonly createdAt!: Date;
  readonly retiresAt!: Date | null;
  readonly lastUsedAt!: Date | null;
}

export class KeyView {
  readonly id!: string;
  readonly organizationId!: string;
  readonly name!: string;
  readonly description!: string | null;
  /** What lists show of the newest secret. */
  readonly prefix!: string;
  readonly environment!: 'live' | 'test';
  readonly status!: 'active' | 'disabled' | 'expired' | 'revoked';
  readonly scopes!: string[];
  readonly allowedIps!: string[];
  readonly allowedReferrers!: string[];
  readonly allowedEndpoints!: AllowedEndpointDto[];
  readonly expiresAt!: Date | null;
  readonly rateLimit!: RateLimitDto | null;
  readonly owner!: OwnerView;
  readonly onOwnerRemoved!: 'revoke' | 'transfer';
  readonly metadata!: Record<string, string>;
  readonly createdAt!: Date;
  /** `usr_…`, or `key_…` for a key that was made with a key. */
  readonly createdBy!: string;
  /** When it was last sent with a call, or last verified. */
  readonly lastUsedAt!: Date | null;
  /** From where that was; of a verification, the address of the service that asked. */
  readonly lastUsedIp!: string | null;
  readonly revokedAt!: Date | null;
  readonly revokedBy!: string | null;
  readonly revokeReason!: string | null;
  /** 90 days after the newest secret was made */
  readonly rotationDueAt!: Date;
  readonly credentials!: CredentialView[];
}

/** Shown once, in the answer that creates or rotates the key. */
export class IssuedKeyView extends KeyView {
  /** The whole secret. */
  readonly key!: string;
}

/** A key from which something was taken away, and from when on. */
export class ChangedKeyView extends KeyView {
  /** How many replicas go by the change: all that answer from memory. */
  readonly effectiveOnReplicas?: number;
  /** How long after it was stored that was so. Calls that begin after this answer are decided by it everywhere. */
  readonly effectiveAfterMs?: number;
}

/** `IssuedKeyView`, and from when on the old secret is refused everywhere, or, with an overlap, the rotation is known. */
export class RotatedKeyView extends IssuedKeyView {
  /** How many replicas go by the change: all that answer from memory. */
  readonly effectiveOnReplicas?: number;
  /** How long after it was stored that was so. Calls that begin after this answer are decided by it everywhere. */
  readonly effectiveAfterMs?: number;
}

export class KeyListView {
  readonly data!: readonly KeyView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

export class VerificationView {
  readonly valid!: boolean;
  /** `valid`, or why not: the codes of `/docs/errors`. */
  readonly code!: string;
  readonly message!: string | null;
  readonly keyId!: string | null;
  readonly name!: string | null;
  readonly owner!: OwnerView | null;
  readonly organizationId!: string | null;
  /** What the key may do now. */
  readonly scopes!: readonly string[];
  readonly environment!: 'live' | 'test' | null;
  readonly expiresAt!: Date | null;
  readonly metadata!: Record<string, string>;
}

import { Entity, Index, PrimaryColumn } from 'typeorm';

import type { Environment, Owner } from '../common';
import { IdColumn, IdPrimaryColumn, IntegerColumn, JsonColumn, TextColumn, TimeColumn, ID_LENGTH } from '../persistence';

/** A method and a path that a key may call; `*` stands for any method, and at the end of a path for any rest. */
export interface AllowedEndpoint {
  readonly method: string;
  readonly path: string;
}

/** What becomes of a key when its owner goes: it ends, or the organization takes it over with the rights that the owner had. */
export type OnOwnerRemovedPolicy = 'revoke' | 'transfer';

/** One key: who it belongs to and what it may do. It keeps its id for life; its secrets come and go (`ApiKeyCredential`). */
@Entity('api_keys')
@Index('ix_api_keys_organization_id_id', ['organizationId', 'id'])
@Index('ix_api_keys_owner_type_owner_id', ['ownerType', 'ownerId'])
@Index('ix_api_keys_organization_id_created_by_id', ['organizationId', 'createdBy', 'id'])
@Index('ix_api_keys_expires_at_id', ['expiresAt', 'id'])
@Index('ix_api_keys_secret_issued_at_id', ['secretIssuedAt', 'id'])
@Index('uq_api_keys_realm_owner_type_owner_id_active_slot', ['realm', 'ownerType', 'ownerId', 'activeSlot'], { unique: true })
export class ApiKey {
  @IdPrimaryColumn()
  readonly id!: string;

  /** Two systems in one process keep their keys apart by it (`decisions.md` 10). */
  @TextColumn('realm', 32)
  readonly realm!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('name', 100)
  readonly name!: string;

  /** The name in NFC and lower case, for searching. */
  @TextColumn('name_folded', 200)
  readonly nameFolded!: string;

  @TextColumn('description', 500, { nullable: true })
  readonly description!: string | null;

  @TextColumn('environment', 8)
  readonly environment!: Environment;

  /** Patterns; `api_key_scopes` is their index for searching. */
  @JsonColumn('scopes')
  readonly scopes!: string[];

  /** A JSON array of addresses and CIDR blocks in their normal form (seed C20). Empty means any address. */
  @JsonColumn('ip_allowlist')
  readonly allowedIps!: string[];

  @JsonColumn('referrer_allowlist')
  readonly allowedReferrers!: string[];

  @JsonColumn('endpoint_allowlist')
  readonly allowedEndpoints!: AllowedEndpoint[];

  @TimeColumn('expires_at', { nullable: true })
  readonly expiresAt!: Date | null;

  @IntegerColumn('rate_limit', { nullable: true })
  readonly rateLimit!: number | null;

  @IntegerColumn('rate_limit_window_seconds', { nullable: true })
  readonly rateLimitWindowSeconds!: number | null;

  @TextColumn('owner_type', 16)
  readonly ownerType!: Owner['type'];

  @TextColumn('owner_id', 64)
  readonly ownerId!: string;

  @TextColumn('on_owner_removed', 8)
  readonly onOwnerRemoved!: OnOwnerRemovedPolicy;

  @JsonColumn('metadata')
  readonly metadata!: Record<string, string>;

  @TimeColumn('disabled_at', { nullable: true })
  readonly disabledAt!: Date | null;

  @TimeColumn('revoked_at', { nullable: true })
  readonly revokedAt!: Date | null;

  @IdColumn('revoked_by', { nullable: true })
  readonly revokedBy!: string | null;

  @TextColumn('revoke_reason', 500, { nullable: true })
  readonly revokeReason!: string | null;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  /** `usr_…` or `key_…`. */
  @IdColumn('created_by')
  readonly createdBy!: string;

  @TimeColumn('last_used_at', { nullable: true })
  readonly lastUsedAt!: Date | null;

  @TextColumn('last_used_ip', 45, { nullable: true })
  readonly lastUsedIp!: string | null;

  /** When its newest secret was made. */
  @TimeColumn('secret_issued_at')
  readonly secretIssuedAt!: Date;

  @TimeColumn('rotated_at', { nullable: true })
  readonly rotatedAt!: Date | null;

  /** Raised by changes that people make, never by use: the ETag. */
  @IntegerColumn('version')
  readonly version!: number;

  /** Where an owner may have at most N active keys: which of the N this one is. `null` never clashes. */
  @IntegerColumn('active_slot', { nullable: true })
  readonly activeSlot!: number | null;
}

/** `active`: the newest. `retiring`: still accepted until `retiresAt`. `retired`: never again. */
export type CredentialState = 'active' | 'retiring' | 'retired';

/** One secret of a key, as its digest. */
@Entity('api_key_credentials')
@Index('uq_api_key_credentials_digest', ['digest'], { unique: true })
@Index('ix_api_key_credentials_lookup_id', ['lookupId'])
@Index('ix_api_key_credentials_key_id', ['keyId'])
export class ApiKeyCredential {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('key_id')
  readonly keyId!: string;

  /** Of the whole token, in hex; of a secret that came from another system, until its first use, as that one wrote it. */
  @TextColumn('digest', 255, { select: false })
  readonly digest!: string;

  /** The public part by which a person recognizes the secret. */
  @TextColumn('lookup_id', 32)
  readonly lookupId!: string;

  /** What lists show: `ks_live_` and the lookup id. */
  @TextColumn('prefix', 40)
  readonly prefix!: string;

  @TextColumn('algorithm', 16)
  readonly algorithm!: string;

  /** `null` for digests made without a pepper. */
  @TextColumn('pepper_id', 16, { nullable: true })
  readonly pepperId!: string | null;

  @TextColumn('state', 8)
  readonly state!: CredentialState;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('retires_at', { nullable: true })
  readonly retiresAt!: Date | null;

  @TimeColumn('last_used_at', { nullable: true })
  readonly lastUsedAt!: Date | null;
}

/** Who holds scope x is a query on this. Written together with `ApiKey.scopes`, in the same transaction. */
@Entity('api_key_scopes')
@Index('ix_api_key_scopes_scope', ['scope'])
export class ApiKeyScope {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: ID_LENGTH })
  readonly keyId!: string;

  @PrimaryColumn({ name: 'scope', type: 'varchar', length: 100 })
  readonly scope!: string;
}

/** A row to stand in line at for those who make keys for one owner, where an owner may have so many only. */
@Entity('api_key_owners')
export class KeyOwner {
  @PrimaryColumn({ name: 'realm', type: 'varchar', length: 32 })
  readonly realm!: string;

  @PrimaryColumn({ name: 'owner_type', type: 'varchar', length: 16 })
  readonly ownerType!: Owner['type'];

  @PrimaryColumn({ name: 'owner_id', type: 'varchar', length: 64 })
  readonly ownerId!: string;
}

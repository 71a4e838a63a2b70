import { Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import { BigIntegerColumn, bigIntegerAsNumber, indexName, IntegerColumn, LongTextColumn, TextColumn } from '../persistence';

export const CALL_LOGS = 'keystile_call_logs';
export const CALL_TERMS = 'keystile_call_terms';

/** Each ends in the primary key, so that a page of any of them is read in the order of the calls, without sorting. */
export const CALL_LOG_INDEXES = {
  organization: indexName(CALL_LOGS, ['organization_number', 'id', 'tail']),
  status: indexName(CALL_LOGS, ['organization_number', 'status', 'id', 'tail']),
  key: indexName(CALL_LOGS, ['organization_number', 'key_number', 'id', 'tail']),
} as const;

/**
 * One answered call. Numbers instead of texts wherever a text repeats (`CallTerm`): half the bytes, twice the rows a second.
 * The primary key is time-ordered, so every bound in time is a bound of the key.
 */
@Entity(CALL_LOGS)
@Index(CALL_LOG_INDEXES.organization, ['organizationNumber', 'id', 'tail'])
@Index(CALL_LOG_INDEXES.status, ['organizationNumber', 'status', 'id', 'tail'])
@Index(CALL_LOG_INDEXES.key, ['organizationNumber', 'keyNumber', 'id', 'tail'])
export class CallLog {
  /** See `CallId`. */
  @PrimaryColumn({ name: 'id', type: 'bigint', transformer: bigIntegerAsNumber })
  readonly id!: number;

  @PrimaryColumn({ name: 'tail', type: 'bigint', transformer: bigIntegerAsNumber })
  readonly tail!: number;

  @IntegerColumn('organization_number', { nullable: true })
  readonly organizationNumber!: number | null;

  /** `u` user, `k` API key, `-` nobody. */
  @TextColumn('principal_type', 1)
  readonly principalType!: 'u' | 'k' | '-';

  @IntegerColumn('key_number', { nullable: true })
  readonly keyNumber!: number | null;

  /** The name that the key had then. */
  @IntegerColumn('key_name_number', { nullable: true })
  readonly keyNameNumber!: number | null;

  @TextColumn('credential_prefix', 40, { nullable: true })
  readonly credentialPrefix!: string | null;

  @IntegerColumn('user_number', { nullable: true })
  readonly userNumber!: number | null;

  /** Of `verify`: the key that was asked about. */
  @IntegerColumn('subject_key_number', { nullable: true })
  readonly subjectKeyNumber!: number | null;

  @IntegerColumn('realm_number')
  readonly realmNumber!: number;

  @TextColumn('method', 16)
  readonly method!: string;

  @IntegerColumn('route_number', { nullable: true })
  readonly routeNumber!: number | null;

  @TextColumn('path', 512)
  readonly path!: string;

  @IntegerColumn('status')
  readonly status!: number;

  /** Of the problem that was answered; of `verify`, why the key that was asked about is not valid. */
  @TextColumn('code', 40, { nullable: true })
  readonly code!: string | null;

  @BigIntegerColumn('latency_us')
  readonly latencyMicroseconds!: number;

  @TextColumn('ip', 45)
  readonly ip!: string;

  @IntegerColumn('user_agent_number', { nullable: true })
  readonly userAgentNumber!: number | null;

  @TextColumn('referrer', 256, { nullable: true })
  readonly referrer!: string | null;

  /** `l` live, `t` test, `null` for nobody's. */
  @TextColumn('environment', 1, { nullable: true })
  readonly environment!: 'l' | 't' | null;

  @IntegerColumn('required_scopes_number', { nullable: true })
  readonly requiredScopesNumber!: number | null;

  @BigIntegerColumn('response_bytes')
  readonly responseBytes!: number;

  @TextColumn('inbound_request_id', 256, { nullable: true })
  readonly inboundRequestId!: string | null;

  /** How many refused calls of one address this row stands for (`decisions.md` 27); 1 for every other row. */
  @IntegerColumn('calls')
  readonly calls!: number;
}

/** What a term stands for. */
export type TermKind = 'organization' | 'key' | 'key_name' | 'user' | 'realm' | 'route' | 'user_agent' | 'scopes';

/** A text that call logs name by number: stored once. */
@Entity(CALL_TERMS)
@Index(indexName(CALL_TERMS, ['kind', 'digest'], true), ['kind', 'digest'], { unique: true })
export class CallTerm {
  @PrimaryGeneratedColumn({ type: 'int' })
  readonly number!: number;

  @TextColumn('kind', 16)
  readonly kind!: TermKind;

  /** SHA-256 of the text: the index stays small however long the text is. */
  @TextColumn('digest', 64)
  readonly digest!: string;

  @LongTextColumn('value')
  readonly value!: string;
}

import { IsIn, IsOptional } from 'class-validator';

import { WholeNumber } from '../http';

export class KeyUsageQueryDto {
  /** How far to look back. */
  @IsOptional()
  @WholeNumber()
  @IsIn([30, 90])
  readonly days: 30 | 90 = 30;
}

export class RouteUseView {
  readonly method!: string;
  /** `null` for paths that do not exist. */
  readonly route!: string | null;
  readonly calls!: number;
  /** Of those, answered with 401, 403 or 429. */
  readonly denied!: number;
  readonly lastAt!: Date;
}

export class AddressUseView {
  readonly ip!: string;
  readonly calls!: number;
  readonly lastAt!: Date;
}

export class UsedScopeView {
  readonly scope!: string;
  readonly calls!: number;
  readonly lastAt!: Date;
}

export class ScopeUseView {
  /** What the key holds. */
  readonly granted!: readonly string[];
  /** What the calls needed that were let in. */
  readonly used!: readonly UsedScopeView[];
  /** Of what the key holds, what no call needed. */
  readonly unused!: readonly string[];
  /** The smaller set that would have let in every call that was let in. */
  readonly sufficient!: readonly string[];
}

export class ReplayView {
  /** The calls that were let in. */
  readonly calls!: number;
  /** Those that `sufficient` would have turned away: none. */
  readonly denied!: number;
}

/** What a key was used for. */
export class KeyUsageView {
  readonly keyId!: string;
  /** The beginning of an hour. Every call since then is counted. */
  readonly from!: Date;
  readonly to!: Date;
  /** `false` where `addresses` are a sample: those of the newest 2,500 calls, from `oldestAt` on. Everything else is about all calls. */
  readonly complete!: boolean;
  /** The oldest call that `addresses` tell of. */
  readonly oldestAt!: Date | null;
  readonly calls!: number;
  /** Answered with less than 400. */
  readonly succeeded!: number;
  /** Answered with 401, 403 or 429. */
  readonly denied!: number;
  readonly lastCallAt!: Date | null;
  /** The most called first, at most 100. */
  readonly routes!: readonly RouteUseView[];
  /** The busiest first, at most 100. */
  readonly addresses!: readonly AddressUseView[];
  readonly scopes!: ScopeUseView;
  readonly replay!: ReplayView;
}

/** What would stop if the key were revoked now. */
export class KeyImpactView {
  readonly keyId!: string;
  readonly status!: 'active' | 'disabled' | 'expired' | 'revoked';
  /** Calls that succeeded in the last hour. */
  readonly lastHour!: number;
  /** In the last 24 hours. */
  readonly lastDay!: number;
  /** In the last 30 days. */
  readonly lastMonth!: number;
  /** `false` where `addresses` are a sample: those of the newest 2,500 calls. Everything else is about all calls. */
  readonly complete!: boolean;
  readonly lastSuccessAt!: Date | null;
  /** What was called in the month, the most called first, at most 20. */
  readonly routes!: readonly RouteUseView[];
  /** From where, the busiest first, at most 20. */
  readonly addresses!: readonly AddressUseView[];
}

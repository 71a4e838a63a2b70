import { ApiProperty } from '@nestjs/swagger';
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
  /** Of what the key holds, what nothing needed as far as can be told: none where `allNeededFor` says why. */
  readonly unused!: readonly string[];
  /** The smaller set that would have let in every call that was let in; everything that the key holds where `allNeededFor` says why. */
  readonly sufficient!: readonly string[];
  /**
   * Why everything that the key holds counts as needed. `verifications`: others had it verified, and which scopes they asked about is
   * not kept. `grants`: it made or changed keys, roles or members, for which it must hold what they may do. Empty: nothing of that.
   */
  @ApiProperty({ enum: ['verifications', 'grants'], isArray: true })
  readonly allNeededFor!: ReadonlyArray<'verifications' | 'grants'>;
}

/** How often others asked about the key by `POST /v1/api-keys/verify`. */
export class VerificationUseView {
  readonly calls!: number;
  /** Of those, told that the key is not valid. */
  readonly denied!: number;
  readonly lastAt!: Date | null;
}

export class ReplayView {
  /** The calls of its own that were let in. */
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
  /**
   * `false` where `addresses` leave calls out: those before `oldestAt`, because only the newest 2,500 are read and the log keeps calls
   * for so long. Everything else is about all calls.
   */
  readonly complete!: boolean;
  /** The oldest call that `addresses` tell of. */
  readonly oldestAt!: Date | null;
  /** Those that were made with the key, and `verifications`. `succeeded`, `errors` and `denied` add up to it. */
  readonly calls!: number;
  /** Answered with less than 400; of verifications, told that the key is valid. */
  readonly succeeded!: number;
  /** Answered with 4xx or 5xx, but for the denied ones. */
  readonly errors!: number;
  /** Answered with 401, 403 or 429; of verifications, told that the key is not valid. */
  readonly denied!: number;
  readonly lastCallAt!: Date | null;
  readonly verifications!: VerificationUseView;
  /** What was called with the key, the most called first, at most 100. */
  readonly routes!: readonly RouteUseView[];
  /** From where it was called, the busiest first, at most 100. Who had it verified is not among them. */
  readonly addresses!: readonly AddressUseView[];
  readonly scopes!: ScopeUseView;
  readonly replay!: ReplayView;
}

/** What would stop if the key were revoked now. */
export class KeyImpactView {
  readonly keyId!: string;
  readonly status!: 'active' | 'disabled' | 'expired' | 'revoked';
  /**
   * Calls that succeeded in the last hour, and verifications that did since the beginning of the hour before this one. Calls of a key that
   * made more than 10,000 in what is left of that hour are counted from its beginning, too.
   */
  readonly lastHour!: number;
  /** In the last 24 hours, likewise. */
  readonly lastDay!: number;
  /** In the last 30 days, likewise. */
  readonly lastMonth!: number;
  /** `false` where `addresses` leave calls out: those beyond the newest 2,500, and those that are not kept any more. */
  readonly complete!: boolean;
  /** However long ago: the newest call, or verification, of all that are counted. */
  readonly lastSuccessAt!: Date | null;
  /** In the month, by services that would be told that the key is revoked. */
  readonly verifications!: VerificationUseView;
  /** What was called with the key in the month, the most called first, at most 20. */
  readonly routes!: readonly RouteUseView[];
  /** From where, the busiest first, at most 20. Who had it verified is not among them. */
  readonly addresses!: readonly AddressUseView[];
}

import { Entity, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn } from '../persistence';

export const KEY_USE = 'keystile_key_use';
export const KEY_USE_DAYS = 'keystile_key_use_days';

const NumberKey = (name: string): PropertyDecorator => PrimaryColumn({ name, type: 'int' });

abstract class UseOfKey {
  @NumberKey('organization_number')
  readonly organizationNumber!: number;

  @NumberKey('key_number')
  readonly keyNumber!: number;

  /** Hours since 1970; of days, the first of them. */
  @NumberKey('hour')
  readonly hour!: number;

  @NumberKey('route_number')
  readonly routeNumber!: number;

  @NumberKey('scopes_number')
  readonly scopesNumber!: number;

  @PrimaryColumn({ name: 'method', type: 'varchar', length: 16 })
  readonly method!: string;

  @NumberKey('status')
  readonly status!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;

  /** 0 where all of them turned out to have ended otherwise. */
  @BigIntegerColumn('calls')
  readonly calls!: number;

  /** The `CallId` of the newest of them. */
  @BigIntegerColumn('last_id')
  readonly lastId!: number;
}

/**
 * What a key called in an hour, by everything that decides which scopes it needs: reports about months of a key are read from here. Each
 * start of a replica has rows of its own, so that none waits for another. 0 stands for no route or scopes, `''` for no method: of
 * verifications of the key, which somebody else's call asked for; their status is what the key would have been answered.
 */
@Entity(KEY_USE)
export class KeyUse extends UseOfKey {}

/** The same of days of UTC that are settled (`usage-settlement.ts`). */
@Entity(KEY_USE_DAYS)
export class KeyUseDay extends UseOfKey {}

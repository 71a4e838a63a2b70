import { Entity, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, LongTextColumn } from '../persistence';

export const USAGE_BY_KEY = 'keystile_usage_by_key';
export const USAGE_BY_ROUTE = 'keystile_usage_by_route';
export const USAGE_BY_CODE = 'keystile_usage_by_code';

const NumberKey = (name: string): PropertyDecorator => PrimaryColumn({ name, type: 'int' });

/**
 * Calls of a quarter of an hour, counted as they were stored. Each start of a replica has rows of its own, so that none waits for
 * another: readers add them up. 0 stands for no organization, key or route.
 */
abstract class UsageRollUp {
  @NumberKey('organization_number')
  readonly organizationNumber!: number;

  /** Quarters of an hour since 1970. */
  @NumberKey('quarter')
  readonly quarter!: number;

  @BigIntegerColumn('calls')
  readonly calls!: number;

  @BigIntegerColumn('errors')
  readonly errors!: number;

  @BigIntegerColumn('denied')
  readonly denied!: number;

  /** A `LatencyHistogram` as text. */
  @LongTextColumn('latencies')
  readonly latencies!: string;
}

@Entity(USAGE_BY_KEY)
export class UsageByKey extends UsageRollUp {
  @NumberKey('key_number')
  readonly keyNumber!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

@Entity(USAGE_BY_ROUTE)
export class UsageByRoute extends UsageRollUp {
  @NumberKey('route_number')
  readonly routeNumber!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

@Entity(USAGE_BY_CODE)
export class UsageByCode extends UsageRollUp {
  @NumberKey('status')
  readonly status!: number;

  /** `''` for calls without. */
  @PrimaryColumn({ name: 'code', type: 'varchar', length: 40 })
  readonly code!: string;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

export const usageEntities = [UsageByKey, UsageByRoute, UsageByCode];

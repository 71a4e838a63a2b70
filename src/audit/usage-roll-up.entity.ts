import { Entity, Index, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, indexName, LongTextColumn } from '../persistence';
import { DAY, HOUR, QUARTER, type Span } from './usage-spans';

export const USAGE_BY_KEY = 'keystile_usage_by_key';
export const USAGE_BY_ROUTE = 'keystile_usage_by_route';
export const USAGE_BY_CODE = 'keystile_usage_by_code';

/** Along which it is found what one start has counted. */
export const USAGE_OF_RUN = ['run_number', 'quarter', 'organization_number'] as const;

const NumberKey = (name: string): PropertyDecorator => PrimaryColumn({ name, type: 'int' });

/**
 * Calls of a quarter of an hour, counted as they were stored. Each start of a replica has rows of its own, so that none waits for
 * another: readers add them up. 0 stands for no organization, key or route.
 */
abstract class UsageRollUp {
  @NumberKey('organization_number')
  readonly organizationNumber!: number;

  /** Quarters of an hour since 1970; of hours and days, the first of them. */
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

abstract class ByKey extends UsageRollUp {
  @NumberKey('key_number')
  readonly keyNumber!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

abstract class ByRoute extends UsageRollUp {
  @NumberKey('route_number')
  readonly routeNumber!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

abstract class ByCode extends UsageRollUp {
  @NumberKey('status')
  readonly status!: number;

  /** `''` for calls without. */
  @PrimaryColumn({ name: 'code', type: 'varchar', length: 40 })
  readonly code!: string;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

@Entity(USAGE_BY_KEY)
export class UsageByKey extends ByKey {}

@Entity(USAGE_BY_ROUTE)
export class UsageByRoute extends ByRoute {}

@Entity(USAGE_BY_CODE)
@Index(indexName(USAGE_BY_CODE, USAGE_OF_RUN), ['runNumber', 'quarter', 'organizationNumber'])
export class UsageByCode extends ByCode {}

@Entity(USAGE_BY_KEY + HOUR.suffix)
class HourlyUsageByKey extends ByKey {}

@Entity(USAGE_BY_ROUTE + HOUR.suffix)
class HourlyUsageByRoute extends ByRoute {}

@Entity(USAGE_BY_CODE + HOUR.suffix)
class HourlyUsageByCode extends ByCode {}

@Entity(USAGE_BY_KEY + DAY.suffix)
class DailyUsageByKey extends ByKey {}

@Entity(USAGE_BY_ROUTE + DAY.suffix)
class DailyUsageByRoute extends ByRoute {}

@Entity(USAGE_BY_CODE + DAY.suffix)
class DailyUsageByCode extends ByCode {}

/** The tables of each span. */
export const USAGE_ENTITIES: ReadonlyArray<readonly [Span, readonly Function[]]> = [
  [QUARTER, [UsageByKey, UsageByRoute, UsageByCode]],
  [HOUR, [HourlyUsageByKey, HourlyUsageByRoute, HourlyUsageByCode]],
  [DAY, [DailyUsageByKey, DailyUsageByRoute, DailyUsageByCode]],
];

export const usageEntities = USAGE_ENTITIES.flatMap(([, entities]) => entities);

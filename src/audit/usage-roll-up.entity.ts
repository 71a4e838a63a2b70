import { Entity, Index, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, indexName, LongTextColumn } from '../persistence';
import { DAY, HOUR, QUARTER, SIX_HOURS, type Span } from './usage-spans';

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

@Entity(USAGE_BY_KEY)
export class UsageByKey extends ByKey {}

@Entity(USAGE_BY_ROUTE)
export class UsageByRoute extends UsageRollUp {
  @NumberKey('route_number')
  readonly routeNumber!: number;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

@Entity(USAGE_BY_CODE)
@Index(indexName(USAGE_BY_CODE, USAGE_OF_RUN), ['runNumber', 'quarter', 'organizationNumber'])
export class UsageByCode extends UsageRollUp {
  @NumberKey('status')
  readonly status!: number;

  /** `''` for calls without. */
  @PrimaryColumn({ name: 'code', type: 'varchar', length: 40 })
  readonly code!: string;

  @NumberKey('run_number')
  readonly runNumber!: number;
}

@Entity(USAGE_BY_KEY + HOUR.suffix)
class HourlyUsageByKey extends ByKey {}

@Entity(USAGE_BY_KEY + DAY.suffix)
class DailyUsageByKey extends ByKey {}

/**
 * The lines that one start has of an organization's quarter, hour or day, many in a row: reports about all keys, routes or codes read a
 * hundred rows where they would read thousands. Written once what they tell of is over (`usage-sheets.ts`).
 */
abstract class UsageSheet {
  @NumberKey('organization_number')
  readonly organizationNumber!: number;

  @NumberKey('quarter')
  readonly quarter!: number;

  /** `key`, `route` or `code`. */
  @PrimaryColumn({ name: 'grouped_by', type: 'varchar', length: 5 })
  readonly groupedBy!: string;

  @NumberKey('run_number')
  readonly runNumber!: number;

  @NumberKey('part')
  readonly part!: number;

  /** Numbers, or a status and a code, with spaces between them. */
  @LongTextColumn('group_values')
  readonly groupValues!: string;

  /** Calls, errors and denied of each of them, as compact integers. */
  @LongTextColumn('counts')
  readonly counts!: string;

  /** A `LatencyHistogram` of each of them, with spaces between them. */
  @LongTextColumn('latencies')
  readonly latencies!: string;
}

@Entity(QUARTER.sheets)
class QuarterSheet extends UsageSheet {}

@Entity(HOUR.sheets)
class HourSheet extends UsageSheet {}

@Entity(SIX_HOURS.sheets)
class SixHoursSheet extends UsageSheet {}

@Entity(DAY.sheets)
class DaySheet extends UsageSheet {}

/** The tables of each span. Of single keys it is asked about weeks, so their hours and days have lines as well. */
export const USAGE_ENTITIES: ReadonlyArray<readonly [Span, readonly Function[]]> = [
  [QUARTER, [UsageByKey, UsageByRoute, UsageByCode, QuarterSheet]],
  [HOUR, [HourlyUsageByKey, HourSheet]],
  [SIX_HOURS, [SixHoursSheet]],
  [DAY, [DailyUsageByKey, DaySheet]],
];

export const usageEntities = USAGE_ENTITIES.flatMap(([, entities]) => entities);

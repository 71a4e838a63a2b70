import type { EntityManager } from 'typeorm';

import type { CallRow } from './call-row';
import { inPlace } from './insert-new';
import { type Counted, Tally } from './usage-tally';
import { USAGE_BY_CODE, USAGE_BY_KEY, USAGE_BY_ROUTE } from './usage-roll-up.entity';
import type { LineSpan } from './usage-spans';

/** What calls are counted under: a number, or a status and a code. */
export type LineGroup = readonly [number] | readonly [number, string];

export interface RollUp {
  readonly name: 'key' | 'route' | 'code';
  readonly table: string;
  readonly columns: readonly [string, ...string[]];
  readonly groupOf: (row: CallRow, counted: Counted) => LineGroup;
}

// A verification is a use of the key that was asked about (`decisions.md` 14).
export const BY_KEY: RollUp = {
  name: 'key',
  table: USAGE_BY_KEY,
  columns: ['key_number'],
  groupOf: ({ subjectKeyNumber, keyNumber }) => [subjectKeyNumber ?? keyNumber ?? 0],
};
export const BY_ROUTE: RollUp = {
  name: 'route',
  table: USAGE_BY_ROUTE,
  columns: ['route_number'],
  groupOf: ({ routeNumber }) => [routeNumber ?? 0],
};
export const BY_CODE: RollUp = {
  name: 'code',
  table: USAGE_BY_CODE,
  columns: ['status', 'code'],
  groupOf: (_row, { status, code }) => [status, code ?? ''],
};

/** Which calls are counted together, in each of the tables. */
export const ROLL_UPS = [BY_KEY, BY_ROUTE, BY_CODE] as const;

/** Calls of one organization, quarter and group. */
export interface Line {
  readonly name: string;
  readonly organization: number;
  readonly quarter: number;
  readonly group: LineGroup;
  readonly tally: Tally;
}

/** Which lines of a start are read. */
export interface LineRange {
  readonly organization: number;
  readonly first: number;
  readonly end: number;
  /** The first parts of their groups; default: all there are. */
  readonly groups?: readonly number[];
}

const MOST_ROWS = 200;

export const nameOf = ({ table }: RollUp, organization: number, quarter: number, [first, second = '']: LineGroup): string =>
  `${table} ${organization} ${quarter} ${first} ${second}`;

/** The lines of one start that are there. */
export async function readLines(
  manager: EntityManager,
  run: number,
  rollUp: RollUp,
  { suffix }: LineSpan,
  range: LineRange,
): Promise<Line[]> {
  const { table, columns } = rollUp;
  const { organization, first, end, groups } = range;
  const only = groups ? `AND ${columns[0]} IN (${groups.map(() => '?').join(', ')})` : '';
  const found: Array<Record<string, string | number>> = await manager.query(
    `SELECT quarter, ${columns.join(', ')}, calls, errors, denied, latencies FROM ${table}${suffix}
     WHERE organization_number = ? AND quarter >= ? AND quarter < ? AND run_number = ? ${only}`,
    [organization, first, end, run, ...(groups ?? [])],
  );
  return found.map((row) => {
    const quarter = Number(row['quarter']);
    const group = columns.map((name) => row[name]) as unknown as LineGroup;
    const tally = new Tally().add(Number(row['calls']), Number(row['errors']), Number(row['denied']), String(row['latencies']));
    return { name: nameOf(rollUp, organization, quarter, group), organization, quarter, group, tally };
  });
}

/** Lines of one start, in the place of those that are there. */
export async function writeLines(
  manager: EntityManager,
  run: number,
  rollUp: RollUp,
  span: LineSpan,
  lines: readonly Line[],
): Promise<void> {
  const key = ['organization_number', 'quarter', ...rollUp.columns, 'run_number'];
  const values = ['calls', 'errors', 'denied', 'latencies'];
  const all = [...key, ...values];
  const rest = inPlace(manager, key, values);
  const row = `(${all.map(() => '?').join(', ')})`;
  for (let i = 0; i < lines.length; i += MOST_ROWS) {
    const some = lines.slice(i, i + MOST_ROWS);
    await manager.query(
      `INSERT INTO ${rollUp.table}${span.suffix} (${all.join(', ')}) VALUES ${some.map(() => row).join(', ')} ${rest}`,
      some.flatMap(({ organization, quarter, group, tally }) => [organization, quarter, ...group, run, ...tally.toRow()]),
    );
  }
}

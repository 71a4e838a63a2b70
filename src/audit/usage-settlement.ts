import type { DataSource, EntityManager } from 'typeorm';

import { CALL_WATERMARKS, type CallWatermark } from './call-watermark.entity';
import { addUpKeyUse } from './key-use';
import { BY_KEY, type Line, nameOf, readLines, type RollUp, ROLL_UPS, writeLines } from './usage-lines';
import { USAGE_BY_CODE } from './usage-roll-up.entity';
import { readSheets, writeSheets } from './usage-sheets';
import { beginOf, DAY, HOUR, type LineSpan, QUARTER, quarterOf, type Settled, SIX_HOURS, type Span } from './usage-spans';
import { Tally } from './usage-tally';

/** What is settled up to there is settled whatever time it is. */
export const FOREVER = 2 ** 31 - 1;
/** Calls that began before the end of an hour are mostly over then. Those that are not make the hour be settled again. */
const GRACE_MS = 60_000;

type SettledUntil = Pick<CallWatermark, 'hoursUntil' | 'daysUntil'>;

/** Where hours and days of a start stand that has not counted anything yet. */
export function unsettledFrom(startedAt: Date): SettledUntil {
  const quarter = quarterOf(startedAt.getTime());
  return { hoursUntil: beginOf(HOUR, quarter), daysUntil: beginOf(DAY, quarter) };
}

/** Where they stand once something of this quarter has been counted. */
export const reopened = ({ hoursUntil, daysUntil }: SettledUntil, quarter: number): SettledUntil => ({
  hoursUntil: hoursUntil && Math.min(hoursUntil, beginOf(HOUR, quarter)),
  daysUntil: daysUntil && Math.min(daysUntil, beginOf(DAY, quarter)),
});

/** Quarters of one start whose hours or days are added up next: no more than a day of them. */
export interface Settlement {
  readonly span: LineSpan;
  readonly first: number;
  readonly end: number;
  readonly moved: Partial<SettledUntil>;
}

/**
 * What can be settled next of a start; `undefined` where that has to wait.
 * @param isOver nothing will come from the start any more
 */
export async function nextSettlement(
  manager: EntityManager,
  { number, hoursUntil, daysUntil }: SettledUntil & Pick<CallWatermark, 'number'>,
  now: Date,
  isOver: boolean,
): Promise<Settlement | undefined> {
  const passed = isOver ? FOREVER : quarterOf(now.getTime() - GRACE_MS);
  const hours = hoursUntil ?? 0;
  const days = daysUntil ?? 0;
  const hoursEnd = isOver ? FOREVER : beginOf(HOUR, passed);
  if (hours < hoursEnd) {
    const { first, end } = await stretchFrom(manager, number, hours, hoursEnd);
    return { span: HOUR, first: beginOf(HOUR, first), end, moved: { hoursUntil: end } };
  }
  const daysEnd = isOver ? FOREVER : beginOf(DAY, hours);
  if (days >= daysEnd) return undefined;
  const { first, end } = await stretchFrom(manager, number, days, daysEnd);
  return { span: DAY, first: beginOf(DAY, first), end, moved: { daysUntil: end } };
}

/** What is not settled of any start has to be read by the quarter. What is counted late opens it again in the same transaction. */
export async function settledUntil(database: DataSource): Promise<Settled> {
  const [hours, days] = await Promise.all(
    ['hours_until', 'days_until'].map((column) =>
      database.query<[{ least: number | null }]>(
        `SELECT MIN(COALESCE(${column}, 0)) AS least FROM ${CALL_WATERMARKS} WHERE ${column} IS NULL OR ${column} < ${FOREVER}`,
      ),
    ),
  );
  return { hours: hours![0].least ?? FOREVER, days: days![0].least ?? FOREVER };
}

/** Puts the lines of quarters on sheets and adds them up to those of hours, or these to those of six hours and of days. */
export async function settle(manager: EntityManager, run: number, { span, first, end }: Settlement): Promise<void> {
  const organizations = await manager.query<Array<{ organization: number }>>(
    `SELECT DISTINCT organization_number AS organization FROM ${USAGE_BY_CODE} WHERE run_number = ? AND quarter >= ? AND quarter < ?`,
    [run, first, end],
  );
  for (const { organization } of organizations) {
    const range = { organization, first, end };
    for (const rollUp of ROLL_UPS) {
      const isHours = span === HOUR;
      const lines = isHours ? await readLines(manager, run, rollUp, QUARTER, range) : await readSheets(manager, run, rollUp, HOUR, range);
      await writeSheets(manager, run, rollUp, isHours ? QUARTER : SIX_HOURS, isHours ? lines : addedUp(rollUp, SIX_HOURS, lines));
      const sums = addedUp(rollUp, span, lines);
      await writeSheets(manager, run, rollUp, span, sums);
      if (rollUp === BY_KEY) await writeLines(manager, run, rollUp, span, sums);
    }
    if (span === DAY) await addUpKeyUse(manager, run, organization, first / HOUR.quarters, end / HOUR.quarters);
  }
}

/** From the first day of which anything was counted to its end. */
async function stretchFrom(manager: EntityManager, run: number, from: number, end: number): Promise<{ first: number; end: number }> {
  const [{ first }] = await manager.query<[{ first: number | null }]>(
    `SELECT MIN(quarter) AS first FROM ${USAGE_BY_CODE} WHERE run_number = ? AND quarter >= ? AND quarter < ?`,
    [run, from, end],
  );
  if (first === null) return { first: end, end };
  return { first, end: Math.min(end, beginOf(DAY, first) + DAY.quarters) };
}

function addedUp(rollUp: RollUp, span: Span, lines: readonly Line[]): Line[] {
  const sums = new Map<string, Line>();
  for (const { organization, quarter, group, tally } of lines) {
    const begin = beginOf(span, quarter);
    const name = nameOf(rollUp, organization, begin, group);
    const sum = sums.get(name) ?? { name, organization, quarter: begin, group, tally: new Tally() };
    sum.tally.merge(tally);
    sums.set(name, sum);
  }
  return [...sums.values()];
}

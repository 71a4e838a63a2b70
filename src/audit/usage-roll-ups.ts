import type { EntityManager } from 'typeorm';

import { RecentlyUsed } from '../common';
import { callTime } from './call-id';
import type { CallRow } from './call-row';
import type { Stage } from './journal-record';
import { type Counted, Tally } from './usage-tally';
import { USAGE_BY_CODE, USAGE_BY_KEY, USAGE_BY_ROUTE } from './usage-roll-up.entity';

/** A row that is written, and what it tells of its call. */
export interface CallChange {
  readonly row: CallRow;
  readonly stage: Stage;
}

export const QUARTER_MS = 15 * 60_000;

/** Which calls are counted together, in each of the tables. */
export const ROLL_UPS = {
  key: {
    table: USAGE_BY_KEY,
    columns: ['key_number'],
    // A verification is a use of the key that was asked about (`decisions.md` 14).
    groupOf: ({ subjectKeyNumber, keyNumber }: CallRow) => [subjectKeyNumber ?? keyNumber ?? 0],
  },
  route: { table: USAGE_BY_ROUTE, columns: ['route_number'], groupOf: ({ routeNumber }: CallRow) => [routeNumber ?? 0] },
  code: { table: USAGE_BY_CODE, columns: ['status', 'code'], groupOf: ({ status, code }: CallRow) => [status, code ?? ''] },
} as const satisfies Record<string, RollUp>;

interface RollUp {
  readonly table: string;
  readonly columns: readonly string[];
  readonly groupOf: (row: CallRow) => ReadonlyArray<string | number>;
}

interface Line {
  readonly organization: number;
  readonly quarter: number;
  readonly group: ReadonlyArray<string | number>;
  readonly tally: Tally;
}

const MOST_REMEMBERED = 20_000;
const MOST_ROWS = 200;
const MOST_ASKED_AT_ONCE = 500;

/**
 * Counts calls of one start by quarter of an hour, as they are stored and in the same transaction. Nobody else writes its lines, so
 * what was written last need not be read again.
 */
export class UsageRollUps {
  private remembered = new RecentlyUsed<string, Tally>(MOST_REMEMBERED);
  private written: ReadonlyArray<readonly [name: string, tally: Tally]> = [];

  async add(manager: EntityManager, run: number, changes: readonly CallChange[]): Promise<void> {
    const written: Array<[string, Tally]> = [];
    for (const rollUp of Object.values(ROLL_UPS)) {
      const lines = linesOf(rollUp, changes);
      const known = await this.known(manager, run, rollUp, lines);
      const sums = lines.map((line) => ({ ...line, tally: line.tally.plus(known.get(nameOf(rollUp, line))) }));
      await write(manager, run, rollUp, sums);
      for (const line of sums) written.push([nameOf(rollUp, line), line.tally]);
    }
    this.written = written;
  }

  /** What was added is committed. */
  keep(): void {
    for (const [name, tally] of this.written) this.remembered.set(name, tally);
    this.written = [];
  }

  /** What was added may not be. */
  forget(): void {
    this.remembered = new RecentlyUsed(MOST_REMEMBERED);
    this.written = [];
  }

  private async known(manager: EntityManager, run: number, rollUp: RollUp, lines: readonly Line[]): Promise<Map<string, Tally>> {
    const known = new Map<string, Tally>();
    const unknown = new Map<string, Line[]>();
    for (const line of lines) {
      const tally = this.remembered.get(nameOf(rollUp, line));
      if (tally) known.set(nameOf(rollUp, line), tally);
      else getOrMake(unknown, `${line.organization} ${line.quarter}`).push(line);
    }
    for (const some of unknown.values()) {
      for (let i = 0; i < some.length; i += MOST_ASKED_AT_ONCE) {
        for (const line of await read(manager, run, rollUp, some.slice(i, i + MOST_ASKED_AT_ONCE))) {
          known.set(nameOf(rollUp, line), line.tally);
        }
      }
    }
    return known;
  }
}

function linesOf(rollUp: RollUp, changes: readonly CallChange[]): Line[] {
  const lines = new Map<string, Line>();
  const count = (row: CallRow, counted: Counted, times: number): void => {
    const organization = row.organizationNumber ?? 0;
    const quarter = Math.floor(callTime(row.id).getTime() / QUARTER_MS);
    const fresh = { organization, quarter, group: rollUp.groupOf({ ...row, ...counted }), tally: new Tally() };
    const name = nameOf(rollUp, fresh);
    const line = lines.get(name) ?? fresh;
    lines.set(name, line);
    line.tally.count(counted, times);
  };
  for (const { row, stage } of changes) {
    // What the first record of a streamed call said is taken back by its second.
    if (typeof stage === 'object') count(row, stage, -row.calls);
    count(row, row, row.calls);
  }
  return [...lines.values()];
}

/** The lines of one organization and quarter that are there. */
async function read(manager: EntityManager, run: number, { table, columns }: RollUp, lines: readonly Line[]): Promise<Line[]> {
  const [{ organization, quarter }] = lines as [Line];
  const groups = [...new Set(lines.map(({ group }) => group[0]!))];
  const found: Array<Record<string, string | number>> = await manager.query(
    `SELECT ${columns.join(', ')}, calls, errors, denied, latencies FROM ${table}
     WHERE organization_number = ? AND quarter = ? AND run_number = ? AND ${columns[0]} IN (${groups.map(() => '?').join(', ')})`,
    [organization, quarter, run, ...groups],
  );
  return found.map((row) => ({ organization, quarter, group: columns.map((name) => row[name]!), tally: Tally.fromRow(row) }));
}

async function write(manager: EntityManager, run: number, { table, columns }: RollUp, lines: readonly Line[]): Promise<void> {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const key = ['organization_number', 'quarter', ...columns, 'run_number'];
  const values = ['calls', 'errors', 'denied', 'latencies'];
  const all = [...key, ...values];
  const update = values.map((name) => `${name} = ${isSqlite ? `excluded.${name}` : `VALUES(${name})`}`).join(', ');
  const rest = isSqlite ? `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${update}` : `ON DUPLICATE KEY UPDATE ${update}`;
  const row = `(${all.map(() => '?').join(', ')})`;
  for (let i = 0; i < lines.length; i += MOST_ROWS) {
    const some = lines.slice(i, i + MOST_ROWS);
    await manager.query(
      `INSERT INTO ${table} (${all.join(', ')}) VALUES ${some.map(() => row).join(', ')} ${rest}`,
      some.flatMap(({ organization, quarter, group, tally }) => [organization, quarter, ...group, run, ...tally.toRow()]),
    );
  }
}

const nameOf = ({ table }: RollUp, { organization, quarter, group }: Line): string =>
  `${table} ${organization} ${quarter} ${group.join(' ')}`;

function getOrMake<Value>(map: Map<string, Value[]>, name: string): Value[] {
  const list = map.get(name) ?? [];
  map.set(name, list);
  return list;
}

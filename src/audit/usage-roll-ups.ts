import type { EntityManager } from 'typeorm';

import type { CallChange } from './call-change';
import { callTime } from './call-id';
import type { CallRow } from './call-row';
import { addKeyUse } from './key-use';
import { type Counted, Tally } from './usage-tally';
import { USAGE_BY_CODE, USAGE_BY_KEY, USAGE_BY_ROUTE } from './usage-roll-up.entity';

export const QUARTER_MS = 15 * 60_000;

type Group = readonly [number] | readonly [number, string];

interface RollUp {
  readonly table: string;
  readonly columns: readonly [string, ...string[]];
  readonly groupOf: (row: CallRow, counted: Counted) => Group;
}

/** Which calls are counted together, in each of the tables. */
const ROLL_UPS: readonly RollUp[] = [
  // A verification is a use of the key that was asked about (`decisions.md` 14).
  { table: USAGE_BY_KEY, columns: ['key_number'], groupOf: ({ subjectKeyNumber, keyNumber }) => [subjectKeyNumber ?? keyNumber ?? 0] },
  { table: USAGE_BY_ROUTE, columns: ['route_number'], groupOf: ({ routeNumber }) => [routeNumber ?? 0] },
  { table: USAGE_BY_CODE, columns: ['status', 'code'], groupOf: (_row, { status, code }) => [status, code ?? ''] },
];

interface Line {
  readonly name: string;
  readonly organization: number;
  readonly quarter: number;
  readonly group: Group;
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
  /** Lines as they are in the database, by quarter and name. Whole quarters are forgotten, the oldest first. */
  private readonly remembered = new Map<number, Map<string, Tally>>();
  private count = 0;
  /** Quarters whose lines may be in the database without being remembered; `null`: any quarter's. */
  private forgotten: Set<number> | null;

  /** @param isNew whether nothing of this start has been counted yet */
  constructor(isNew: boolean) {
    this.forgotten = isNew ? new Set() : null;
  }

  /** Adds calls. Where the transaction fails it has to be followed by `forget`. */
  async add(manager: EntityManager, run: number, changes: readonly CallChange[]): Promise<void> {
    for (const rollUp of ROLL_UPS) {
      const lines = linesOf(rollUp, changes);
      await this.recall(manager, run, rollUp, lines);
      await write(
        manager,
        run,
        rollUp,
        lines.map((line) => this.sum(line)),
      );
    }
    await addKeyUse(manager, run, changes);
    this.makeRoom();
  }

  /** What was added may not be in the database. */
  forget(): void {
    this.remembered.clear();
    this.count = 0;
    this.forgotten = null;
  }

  /** Reads the lines that may be there and are not remembered. */
  private async recall(manager: EntityManager, run: number, rollUp: RollUp, lines: readonly Line[]): Promise<void> {
    const unknown = new Map<string, Line[]>();
    for (const line of lines) {
      if (this.forgotten && !this.forgotten.has(line.quarter)) continue;
      if (this.remembered.get(line.quarter)?.has(line.name)) continue;
      const place = `${line.organization} ${line.quarter}`;
      unknown.set(place, [...(unknown.get(place) ?? []), line]);
    }
    for (const some of unknown.values()) {
      for (let i = 0; i < some.length; i += MOST_ASKED_AT_ONCE) {
        for (const line of await read(manager, run, rollUp, some.slice(i, i + MOST_ASKED_AT_ONCE))) this.remember(line);
      }
    }
  }

  /** With what was there before. */
  private sum(line: Line): Line {
    const before = this.remembered.get(line.quarter)?.get(line.name);
    if (!before) {
      this.remember(line);
      return line;
    }
    before.merge(line.tally);
    return { ...line, tally: before };
  }

  private remember({ quarter, name, tally }: Line): void {
    const lines = this.remembered.get(quarter) ?? new Map<string, Tally>();
    this.remembered.set(quarter, lines);
    if (!lines.has(name)) this.count += 1;
    lines.set(name, tally);
  }

  private makeRoom(): void {
    while (this.count > MOST_REMEMBERED) {
      const oldest = Math.min(...this.remembered.keys());
      this.count -= this.remembered.get(oldest)!.size;
      this.remembered.delete(oldest);
      this.forgotten?.add(oldest);
    }
  }
}

function linesOf(rollUp: RollUp, changes: readonly CallChange[]): Line[] {
  const lines = new Map<string, Line>();
  const count = (row: CallRow, counted: Counted, times: number): void => {
    const organization = row.organizationNumber ?? 0;
    const quarter = Math.floor(callTime(row.id).getTime() / QUARTER_MS);
    const group = rollUp.groupOf(row, counted);
    const name = nameOf(rollUp, organization, quarter, group);
    let line = lines.get(name);
    if (!line) lines.set(name, (line = { name, organization, quarter, group, tally: new Tally() }));
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
async function read(manager: EntityManager, run: number, rollUp: RollUp, lines: readonly Line[]): Promise<Line[]> {
  const { table, columns } = rollUp;
  const [{ organization, quarter }] = lines as [Line];
  const groups = [...new Set(lines.map(({ group }) => group[0]))];
  const found: Array<Record<string, string | number>> = await manager.query(
    `SELECT ${columns.join(', ')}, calls, errors, denied, latencies FROM ${table}
     WHERE organization_number = ? AND quarter = ? AND run_number = ? AND ${columns[0]} IN (${groups.map(() => '?').join(', ')})`,
    [organization, quarter, run, ...groups],
  );
  return found.map((row) => {
    const group = columns.map((name) => row[name]) as unknown as Group;
    return { name: nameOf(rollUp, organization, quarter, group), organization, quarter, group, tally: Tally.fromRow(row) };
  });
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

const nameOf = ({ table }: RollUp, organization: number, quarter: number, [first, second = '']: Group): string =>
  `${table} ${organization} ${quarter} ${first} ${second}`;

import type { EntityManager } from 'typeorm';

import type { CallChange } from './call-change';
import { callTime } from './call-id';
import type { CallRow } from './call-row';
import { addKeyUse } from './key-use';
import { type Line, nameOf, readLines, type RollUp, ROLL_UPS, writeLines } from './usage-lines';
import { QUARTER, quarterOf } from './usage-spans';
import { type Counted, Tally } from './usage-tally';

const MOST_REMEMBERED = 20_000;
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
      const sums = lines.map((line) => this.sum(line));
      await writeLines(manager, run, rollUp, QUARTER, sums);
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
        const asked = some.slice(i, i + MOST_ASKED_AT_ONCE);
        const [{ organization, quarter }] = asked as [Line];
        const groups = [...new Set(asked.map(({ group }) => group[0]))];
        const range = { organization, first: quarter, end: quarter + 1, groups };
        for (const line of await readLines(manager, run, rollUp, QUARTER, range)) this.remember(line);
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
    const quarter = quarterOf(callTime(row.id).getTime());
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

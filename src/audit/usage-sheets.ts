import type { EntityManager } from 'typeorm';

import { compactInteger, CompactReader } from './compact-numbers';
import { inPlace } from './insert-new';
import { partEnd } from './latency-histogram';
import { type Line, type LineGroup, type LineRange, nameOf, type RollUp } from './usage-lines';
import type { Span } from './usage-spans';
import { Tally } from './usage-tally';

/**
 * Few enough for a row of MySQL's TEXT: 3,200 characters each. Groups of a start only ever become more, so what is written again has
 * no fewer parts than before.
 */
const MOST_LINES = 20;
/** Of rows that are written at once: a third of the smallest packet that a MySQL server is set up for, were they all as long as can be. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_ROWS = 200;
/** Texts of groups, of a few hundred characters each. */
const MOST_REMEMBERED = 1_000;

/** Lines of one organization, quarter, hour or day, and start. */
export interface Sheet {
  readonly group_values: string;
  readonly counts: string;
  /** Not there where nobody asked for it. */
  readonly latencies?: string;
}

/** What the lines of a sheet are of. */
type GroupsOf<Group> = (sheet: Pick<Sheet, 'group_values'>) => readonly Group[];

/** @param latencies those of the line are the part from `start` to `end` */
type VisitLine<Group> = (
  group: Group,
  calls: number,
  errors: number,
  denied: number,
  latencies: string,
  start: number,
  end: number,
) => void;

/** Codes have neither spaces nor colons. */
const groupText = (group: LineGroup): string => group.join(':');

/**
 * Sheets of one organization mostly name the same groups: each text is read once.
 * @param groupOf what whoever reads calls a group; `code` is `''` but for the lines of codes
 */
export function groupReader<Group>(groupOf: (number: number, code: string) => Group): GroupsOf<Group> {
  const known = new Map<string, readonly Group[]>();
  return ({ group_values: text }) => {
    let groups = known.get(text);
    if (groups) return groups;
    groups = text.split(' ').map((group) => {
      const [number, code = ''] = group.split(':') as [string, string?];
      return groupOf(Number(number), code);
    });
    if (known.size === MOST_REMEMBERED) known.clear();
    known.set(text, groups);
    return groups;
  };
}

/** Nothing is copied: a report has tens of thousands of lines. */
export function eachLine<Group>(sheet: Sheet, groupsOf: GroupsOf<Group>, visit: VisitLine<Group>): void {
  const { counts, latencies = '' } = sheet;
  const numbers = new CompactReader(counts);
  let start = 0;
  for (const group of groupsOf(sheet)) {
    const end = partEnd(latencies, start);
    visit(group, numbers.integer(), numbers.integer(), numbers.integer(), latencies, start, end);
    start = end + 1;
  }
}

/** What a start has on sheets. */
export async function readSheets(manager: EntityManager, run: number, rollUp: RollUp, span: Span, range: LineRange): Promise<Line[]> {
  const { organization, first, end } = range;
  const sheets: Array<Sheet & { readonly quarter: number }> = await manager.query(
    `SELECT quarter, group_values, counts, latencies FROM ${span.sheets}
     WHERE organization_number = ? AND quarter >= ? AND quarter < ? AND grouped_by = ? AND run_number = ?`,
    [organization, first, end, rollUp.name, run],
  );
  const lines: Line[] = [];
  const groupsOf = groupReader<LineGroup>((number, code) => (rollUp.columns.length === 1 ? [number] : [number, code]));
  for (const sheet of sheets) {
    const { quarter } = sheet;
    eachLine(sheet, groupsOf, (group, ...counted) => {
      const tally = new Tally().add(...counted);
      lines.push({ name: nameOf(rollUp, organization, quarter, group), organization, quarter, group, tally });
    });
  }
  return lines;
}

/** All lines of quarters, hours or days of a start, in the place of those that are there. */
export async function writeSheets(manager: EntityManager, run: number, rollUp: RollUp, span: Span, lines: readonly Line[]): Promise<void> {
  const key = ['organization_number', 'quarter', 'grouped_by', 'run_number', 'part'];
  const texts = ['group_values', 'counts', 'latencies'];
  const all = [...key, ...texts];
  const rest = inPlace(manager, key, texts);
  const row = `(${all.map(() => '?').join(', ')})`;
  for (const some of sheetsAtOnce(lines)) {
    const values = some.flatMap(({ organization, quarter, part, group_values, counts, latencies }) => {
      return [organization, quarter, rollUp.name, run, part, group_values, counts, latencies];
    });
    await manager.query(`INSERT INTO ${span.sheets} (${all.join(', ')}) VALUES ${some.map(() => row).join(', ')} ${rest}`, values);
  }
}

/** A row of a start. */
interface SheetRow extends Required<Sheet> {
  readonly organization: number;
  readonly quarter: number;
  readonly part: number;
}

/** The rows that hold these lines, no more at a time than fit into a statement. */
export function* sheetsAtOnce(lines: readonly Line[]): Generator<SheetRow[]> {
  let rows: SheetRow[] = [];
  let characters = 0;
  for (const row of rowsOf(lines)) {
    if (rows.length === MOST_ROWS || characters > MOST_CHARACTERS) {
      yield rows;
      [rows, characters] = [[], 0];
    }
    rows.push(row);
    characters += row.group_values.length + row.counts.length + row.latencies.length;
  }
  if (rows.length > 0) yield rows;
}

function* rowsOf(lines: readonly Line[]): Generator<SheetRow> {
  const places = new Map<string, Line[]>();
  for (const line of lines) {
    const place = `${line.organization} ${line.quarter}`;
    const known = places.get(place);
    if (known) known.push(line);
    else places.set(place, [line]);
  }
  for (const all of places.values()) {
    const [{ organization, quarter }] = all as [Line];
    for (let part = 0; part * MOST_LINES < all.length; part++) {
      const some = all.slice(part * MOST_LINES, (part + 1) * MOST_LINES);
      yield {
        organization,
        quarter,
        part,
        group_values: some.map(({ group }) => groupText(group)).join(' '),
        counts: some.flatMap(({ tally: { calls, errors, denied } }) => [calls, errors, denied].map(compactInteger)).join(''),
        latencies: some.map(({ tally }) => tally.latencies.toText()).join(' '),
      };
    }
  }
}

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

/** Lines of one organization, quarter, hour or day, and start. */
export interface Sheet {
  readonly group_values: string;
  readonly counts: string;
  /** Not there where nobody asked for it. */
  readonly latencies?: string;
}

/** @param code `''` but for the lines of codes @param latencies those of the line are the part from `start` to `end` */
type VisitLine = (
  number: number,
  code: string,
  calls: number,
  errors: number,
  denied: number,
  latencies: string,
  start: number,
  end: number,
) => void;

/** Codes have neither spaces nor colons. */
const groupText = (group: LineGroup): string => group.join(':');

/** Nothing is copied: a report has tens of thousands of lines. */
export function eachLine({ group_values, counts, latencies = '' }: Sheet, visit: VisitLine): void {
  const numbers = new CompactReader(counts);
  let start = 0;
  for (const group of group_values.split(' ')) {
    const colon = group.indexOf(':');
    const number = Number(colon < 0 ? group : group.slice(0, colon));
    const code = colon < 0 ? '' : group.slice(colon + 1);
    const end = partEnd(latencies, start);
    visit(number, code, numbers.integer(), numbers.integer(), numbers.integer(), latencies, start, end);
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
  for (const sheet of sheets) {
    const { quarter } = sheet;
    eachLine(sheet, (number, code, ...counted) => {
      const group: LineGroup = rollUp.columns.length === 1 ? [number] : [number, code];
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

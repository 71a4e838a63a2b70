import { Inject, Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource } from 'typeorm';

import { invalidField } from '../common';
import { callMoment } from './call-id';
import type { CallLog } from './call-log.entity';
import { CallSearches } from './call-search';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { type Position, type RawRow, type Stretch, walkRaw } from './index-walk';
import { compactHistogram } from './latency-histogram';
import { BY_CODE, BY_KEY, BY_ROUTE, type RollUp } from './usage-lines';
import { settledUntil } from './usage-settlement';
import { eachLine, groupReader, type Sheet } from './usage-sheets';
import {
  beginsOf,
  LINE_SPANS,
  type LineSpan,
  QUARTER,
  QUARTER_MS,
  quarterOf,
  type Segment,
  segmentsOf,
  SHEET_SPANS,
  type Span,
} from './usage-spans';
import type { CountedCall } from './usage-tally';

const MOST_CALLS = 500_000;
const TOO_MANY_CALLS = `${MOST_CALLS} calls at most are counted one by one; let from and to be whole quarters of an hour, or ask for a shorter time`;
/** Few enough that the database reads the next ones while these are being counted. */
const PAGE = 2_000;
/** How many quarters, hours or days are read at first; as many more as there are few rows of them. */
const FIRST_AT_ONCE = 48;
const MOST_AT_ONCE = 768;
const ROWS_AT_ONCE = 2_000;
/** Ten thousand lines of sheets: what has to wait for them hardly notices. */
const ROWS_A_TURN = 500;

/** Of a call, besides what it is counted under. */
const PROPERTIES = ['id', 'tail', 'status', 'latencyMicroseconds', 'calls'] as const satisfies ReadonlyArray<keyof CallLog>;

/** A number of the call log's terms, a status or a code; `null` for calls without. */
export type Group = string | number | null;

export type Grouping = 'key' | 'route' | 'status' | 'code';

interface Grouped {
  /** What a call is counted under, and what that is told by. */
  readonly ofCall: (row: RawRow) => Group;
  readonly properties: ReadonlyArray<keyof CallLog>;
  /** Where the same is counted already. */
  readonly rollUp: RollUp;
  /** What its lines are counted under. 0 and '' stand for none. */
  readonly ofLine: (number: number, code: string) => Group;
}

const GROUPED: Readonly<Record<Grouping, Grouped>> = {
  key: {
    // A verification is a use of the key that was asked about (`decisions.md` 14).
    ofCall: (row) => numberOf(row['subject_key_number'] ?? row['key_number']),
    properties: ['keyNumber', 'subjectKeyNumber'],
    rollUp: BY_KEY,
    ofLine: (number) => number || null,
  },
  route: {
    ofCall: (row) => numberOf(row['route_number']),
    properties: ['routeNumber'],
    rollUp: BY_ROUTE,
    ofLine: (number) => number || null,
  },
  status: { ofCall: (row) => Number(row['status']), properties: [], rollUp: BY_CODE, ofLine: (number) => number },
  code: {
    ofCall: (row) => row['code'] as string | null,
    properties: ['code'],
    rollUp: BY_CODE,
    ofLine: (_number, code) => code || null,
  },
};

const TOGETHER: Grouped = { ofCall: () => null, properties: [], rollUp: BY_CODE, ofLine: () => null };

/** Which calls are counted, and what apart. */
export interface Counting {
  readonly groupBy: Grouping | undefined;
  /** The numbers of the only keys that are asked about; 0 for calls without. */
  readonly keys?: readonly number[];
  /** What calls of a time, in milliseconds, are counted in. Default: all of them together. */
  readonly bucketOf?: (time: number) => number;
  /** Latencies, which are most of the work, are left out. */
  readonly isBrief?: boolean;
}

/** Counts calls, by what they are counted under. */
export interface GroupCounter {
  count(group: Group, call: CountedCall, calls: number): void;
  /** What is stored of some calls. @param latencies a `LatencyHistogram` as text; the part of it from `start` to `end` */
  add(group: Group, calls: number, errors: number, denied: number, latencies: string, start: number, end: number): void;
}

/** The same for calls of a time, or of a piece of one bucket that begins then. */
export type CounterAt = (time: number) => GroupCounter;

/** Whole quarters of an hour in a stretch of time, and what is left of it on both sides. */
export interface Parts {
  readonly edges: ReadonlyArray<readonly [from: Date, to: Date]>;
  readonly first: number;
  readonly end: number;
}

/** Reads what calls were counted under, in pages, so that however many there are the memory stays small. */
@Injectable()
export class UsageCounts {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly searches: CallSearches,
    private readonly terms: CallTerms,
  ) {}

  /** One by one, from the calls themselves. */
  async addCalls(organizationId: string, from: Date, to: Date, { groupBy, keys }: Counting, counterAt: CounterAt): Promise<void> {
    if (from >= to) return;
    const search = await this.searches.all(organizationId, { from, to });
    if (!search) return;
    const { ofCall, properties } = groupBy ? GROUPED[groupBy] : TOGETHER;
    const walked = { ...search.walk, properties: [...PROPERTIES, ...properties, ...(keys ? GROUPED.key.properties : [])] };
    const wanted = keys && new Set(keys);
    let read = 0;
    const readAfter = (position: Position): Promise<Stretch<RawRow>> => {
      const page = walkRaw(this.database, walked, position, PAGE);
      // Whoever waits for it is told; nobody does once something else has failed.
      page.catch(() => undefined);
      return page;
    };
    for (let page: Promise<Stretch<RawRow>> | null = readAfter(search.after); page;) {
      const { rows, next }: Stretch<RawRow> = await page;
      page = next && readAfter(next);
      read += rows.length;
      if (read > MOST_CALLS) throw invalidField('/from', TOO_MANY_CALLS);
      for (const row of rows) {
        if (wanted && !wanted.has(Number(GROUPED.key.ofCall(row) ?? 0))) continue;
        const call = { status: Number(row['status']), latencyMicroseconds: Number(row['latency_us']) };
        counterAt(callMoment(Number(row['id']))).count(ofCall(row), call, Number(row['calls']));
      }
    }
  }

  /** Whole quarters, from the roll-ups, which are written together with the calls. */
  async addRollUps(organizationId: string, first: number, end: number, counting: Counting, counterAt: CounterAt): Promise<void> {
    const { groupBy, keys, isBrief = false, bucketOf = () => 0 } = counting;
    const organization = await this.terms.find('organization', organizationId);
    if (organization === undefined || keys?.length === 0) return;
    const latencies = isBrief ? [] : ['latencies'];
    const reading = { organization, grouped: groupBy ? GROUPED[groupBy] : TOGETHER, keys, latencies, counterAt };
    const settled = await settledUntil(this.database);
    const segments = <S extends Span>(spans: readonly S[], until: number): Array<Segment<S>> =>
      segmentsOf(spans, first, until, settled, (quarter) => bucketOf(quarter * QUARTER_MS));
    if (keys) {
      const pieces = segments(LINE_SPANS, end);
      for (const span of LINE_SPANS) await this.addLines(reading, span, beginsIn(span, pieces));
      return;
    }
    // Quarters are on sheets once their hour is settled.
    const onSheets = Math.max(first, Math.min(end, settled.hours));
    const pieces = segments(SHEET_SPANS, onSheets);
    await Promise.all([
      ...SHEET_SPANS.map((span) => this.addSheets(reading, span, beginsIn(span, pieces))),
      this.addLines(reading, QUARTER, beginsOf({ span: QUARTER, first: onSheets, end })),
    ]);
  }

  private async addSheets({ organization, grouped, latencies, counterAt }: Reading, span: Span, begins: readonly number[]): Promise<void> {
    const columns = ['quarter', 'group_values', 'counts', ...latencies].join(', ');
    const select = `SELECT ${columns} FROM ${span.sheets} WHERE grouped_by = '${grouped.rollUp.name}' AND`;
    const groupsOf = groupReader(grouped.ofLine);
    for await (const sheets of this.rows<Sheet & { readonly quarter: number }>(select, organization, begins)) {
      for (const sheet of sheets) {
        const counter = counterAt(sheet.quarter * QUARTER_MS);
        eachLine(sheet, groupsOf, (group, calls, errors, denied, histograms, start, end) => {
          counter.add(group, calls, errors, denied, histograms, start, end);
        });
      }
    }
  }

  private async addLines(
    { organization, grouped, keys, latencies, counterAt }: Reading,
    span: LineSpan,
    begins: readonly number[],
  ): Promise<void> {
    const { table, columns } = keys ? BY_KEY : grouped.rollUp;
    const names = ['quarter', ...columns, 'calls', 'errors', 'denied', ...latencies].join(', ');
    const select = `SELECT ${names} FROM ${table}${span.suffix} WHERE ${keys ? `${columns[0]} IN (${keys.join(', ')}) AND` : ''}`;
    for await (const lines of this.rows<Readonly<Record<string, string | number>>>(select, organization, begins)) {
      for (const line of lines) {
        const group = grouped.ofLine(Number(line[columns[0]]), String(line['code'] ?? ''));
        const latencyText = compactHistogram(String(line['latencies'] ?? ''));
        const counter = counterAt(Number(line['quarter']) * QUARTER_MS);
        counter.add(group, Number(line['calls']), Number(line['errors']), Number(line['denied']), latencyText, 0, latencyText.length);
      }
    }
  }

  /** As many pieces at once as there are few rows of them, the next ones while these are being counted. */
  private async *rows<Row>(select: string, organization: number, begins: readonly number[]): AsyncGenerator<readonly Row[]> {
    const read = (some: readonly number[]): Promise<Row[]> => {
      const where = `organization_number = ? AND quarter IN (${some.map(() => '?').join(', ')})`;
      const rows = some.length > 0 ? this.database.query<Row[]>(`${select} ${where}`, [organization, ...some]) : Promise.resolve([]);
      // Whoever waits for it is told; nobody does once something else has failed.
      rows.catch(() => undefined);
      return rows;
    };
    let some = begins.slice(0, FIRST_AT_ONCE);
    let reading = read(some);
    for (let done = 0; done < begins.length;) {
      const rows = await reading;
      done += some.length;
      const atOnce = Math.min(MOST_AT_ONCE, 2 * some.length, Math.ceil((ROWS_AT_ONCE * some.length) / Math.max(1, rows.length)));
      some = begins.slice(done, done + atOnce);
      reading = read(some);
      for (let i = 0; i < rows.length; i += ROWS_A_TURN) {
        if (i > 0) await nextTurn();
        yield rows.slice(i, i + ROWS_A_TURN);
      }
    }
  }
}

const beginsIn = (span: Span, segments: readonly Segment[]): number[] =>
  segments.filter((segment) => segment.span === span).flatMap(beginsOf);

/** What is read of the roll-ups, and where to. */
interface Reading {
  readonly organization: number;
  readonly grouped: Grouped;
  readonly keys: readonly number[] | undefined;
  readonly latencies: readonly string[];
  readonly counterAt: CounterAt;
}

/** What roll-ups have counted of a stretch of time, and what they have not. */
export function partsOf(from: Date, to: Date, now: Date): Parts {
  const first = Math.ceil(from.getTime() / QUARTER_MS);
  // The quarter that is not over has no calls later than now: nobody has to read them one by one to leave some out.
  const isOfNow = to > now && quarterOf(to.getTime()) === quarterOf(now.getTime());
  const end = quarterOf(to.getTime()) + (isOfNow ? 1 : 0);
  if (first >= end) return { edges: [[from, to]], first, end: first };
  return {
    edges: [
      [from, new Date(first * QUARTER_MS)],
      [new Date(end * QUARTER_MS), to],
    ],
    first,
    end,
  };
}

const numberOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

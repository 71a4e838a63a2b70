import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { invalidField } from '../common';
import { callTime } from './call-id';
import type { CallLog } from './call-log.entity';
import { CallSearches } from './call-search';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { CALL_WATERMARKS } from './call-watermark.entity';
import { type Position, type Stretch, walk } from './index-walk';
import { USAGE_BY_CODE, USAGE_BY_KEY, USAGE_BY_ROUTE } from './usage-roll-up.entity';
import { FOREVER } from './usage-settlement';
import { beginsOf, QUARTER_MS, quarterOf, type Segment, segmentsOf, type Settled, type Span, SPANS } from './usage-spans';
import type { Tally } from './usage-tally';

const MOST_CALLS = 500_000;
const PAGE = 2_000;
/** How many quarters, hours or days are read at once. */
const SPANS_AT_ONCE = 96;
/** Groups are few, whatever they have been called. */
const SPANS_SUMMED_AT_ONCE = 480;

const PROPERTIES = [
  'id',
  'tail',
  'status',
  'code',
  'latencyMicroseconds',
  'keyNumber',
  'subjectKeyNumber',
  'routeNumber',
  'calls',
] as const satisfies ReadonlyArray<keyof CallLog>;

type CountedCall = Pick<CallLog, (typeof PROPERTIES)[number]>;

/** A number of the call log's terms, a status or a code; `null` for calls without. */
export type Group = string | number | null;

/** What a call is counted under. A verification is a use of the key that was asked about (`decisions.md` 14). */
const GROUPS = {
  key: ({ subjectKeyNumber, keyNumber }) => subjectKeyNumber ?? keyNumber,
  route: ({ routeNumber }) => routeNumber,
  status: ({ status }) => status,
  code: ({ code }) => code,
} as const satisfies Record<string, (call: CountedCall) => Group>;

export type Grouping = keyof typeof GROUPS;

/** Where the same is counted already, by quarters of an hour. */
const COUNTED_IN = {
  key: { table: USAGE_BY_KEY, column: 'key_number' },
  route: { table: USAGE_BY_ROUTE, column: 'route_number' },
  status: { table: USAGE_BY_CODE, column: 'status' },
  code: { table: USAGE_BY_CODE, column: 'code' },
} as const satisfies Record<Grouping, { readonly table: string; readonly column: string }>;

/** Which calls are counted, and what apart. */
export interface Counting {
  readonly groupBy: Grouping | undefined;
  /** The numbers of the only keys that are asked about. */
  readonly keys?: readonly number[];
  /** What calls of a time, in milliseconds, are counted in. Without: all of them together. */
  readonly bucketOf?: (time: number) => number;
}

/** Calls of one time, or of a quarter of an hour, an hour or a day of one bucket. */
export interface Count {
  readonly at: number;
  readonly group: Group;
  readonly addTo: (tally: Tally) => void;
}

/** Calls of one group, without how long they took. */
export interface Sum {
  readonly group: Group;
  readonly calls: number;
  readonly errors: number;
  readonly denied: number;
}

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
  async *fromCalls(organizationId: string, from: Date, to: Date, { groupBy, keys }: Counting): AsyncGenerator<Count> {
    if (from >= to) return;
    const search = await this.searches.all(organizationId, { from, to });
    if (!search) return;
    const walked = { ...search.walk, properties: PROPERTIES };
    const wanted = keys && new Set<Group>(keys);
    let read = 0;
    for (let after: Position | null = search.after; after;) {
      const { rows, next }: Stretch<CountedCall> = await walk<CountedCall>(this.database, walked, after, PAGE);
      read += rows.length;
      if (read > MOST_CALLS) throw invalidField('/from', `${MOST_CALLS} calls at most are counted at once; ask for a shorter time`);
      for (const call of rows) {
        if (wanted && !wanted.has(GROUPS.key(call))) continue;
        const group = groupBy ? GROUPS[groupBy](call) : null;
        yield { at: callTime(call.id).getTime(), group, addTo: (tally) => tally.count(call, call.calls) };
      }
      after = next;
    }
  }

  /** Whole quarters, from the roll-ups, which are written together with the calls. @param only these groups */
  async *fromRollUps(
    organizationId: string,
    first: number,
    end: number,
    { groupBy, keys, bucketOf }: Counting,
    only?: readonly Group[],
  ): AsyncGenerator<Count> {
    const { table, column } = COUNTED_IN[keys ? 'key' : (groupBy ?? 'status')];
    const wanted = keys ?? only?.map((group) => group ?? (groupBy === 'code' ? '' : 0));
    const reading: Reading = {
      segments: await this.segments(first, end, bucketOf),
      select: ({ suffix }) => `SELECT quarter, ${column} AS group_value, calls, errors, denied, latencies FROM ${table}${suffix}`,
      only: wanted && { column, values: wanted },
      rest: '',
      atOnce: SPANS_AT_ONCE,
    };
    for await (const rows of this.rows(organizationId, reading)) {
      for (const row of rows) {
        const group = groupBy ? groupOf(row) : null;
        yield { at: Number(row['quarter']) * QUARTER_MS, group, addTo: (tally) => tally.addRow(row) };
      }
    }
  }

  /** The same without latencies, which are most of the work: groups of some time at once, each with its sum. */
  async *sums(organizationId: string, first: number, end: number, groupBy: Grouping): AsyncGenerator<readonly Sum[]> {
    const { table, column } = COUNTED_IN[groupBy];
    const sums = 'SUM(calls) AS calls, SUM(errors) AS errors, SUM(denied) AS denied';
    const reading: Reading = {
      segments: await this.segments(first, end),
      select: ({ suffix }) => `SELECT ${column} AS group_value, ${sums} FROM ${table}${suffix}`,
      only: undefined,
      rest: `GROUP BY ${column}`,
      atOnce: SPANS_SUMMED_AT_ONCE,
    };
    for await (const rows of this.rows(organizationId, reading)) {
      yield rows.map((row) => ({
        group: groupOf(row),
        calls: Number(row['calls']),
        errors: Number(row['errors']),
        denied: Number(row['denied']),
      }));
    }
  }

  private async segments(first: number, end: number, bucketOf: Counting['bucketOf'] = () => 0): Promise<readonly Segment[]> {
    return segmentsOf(first, end, await this.settled(), (quarter) => bucketOf(quarter * QUARTER_MS));
  }

  /** What is not settled of any start has to be read by the quarter. What is counted late opens it again in the same transaction. */
  private async settled(): Promise<Settled> {
    const [hours, days] = await Promise.all(
      ['hours_until', 'days_until'].map((column) =>
        this.database.query<[{ least: number | null }]>(
          `SELECT MIN(COALESCE(${column}, 0)) AS least FROM ${CALL_WATERMARKS} WHERE ${column} IS NULL OR ${column} < ${FOREVER}`,
        ),
      ),
    );
    return { hours: hours![0].least ?? FOREVER, days: days![0].least ?? FOREVER };
  }

  private async *rows(
    organizationId: string,
    { segments, select, only, rest, atOnce }: Reading,
  ): AsyncGenerator<ReadonlyArray<Record<string, string | number>>> {
    const organization = await this.terms.find('organization', organizationId);
    if (organization === undefined || only?.values.length === 0) return;
    const condition = only ? `AND ${only.column} IN (${only.values.map(() => '?').join(', ')})` : '';
    for (const span of SPANS) {
      const quarters = segments.filter((segment) => segment.span === span).flatMap(beginsOf);
      for (let i = 0; i < quarters.length; i += atOnce) {
        const some = quarters.slice(i, i + atOnce);
        yield await this.database.query<Array<Record<string, string | number>>>(
          `${select(span)} WHERE organization_number = ? AND quarter IN (${some.map(() => '?').join(', ')}) ${condition} ${rest}`,
          [organization, ...some, ...(only?.values ?? [])],
        );
      }
    }
  }
}

/** What is read of the roll-ups. */
interface Reading {
  readonly segments: readonly Segment[];
  readonly select: (span: Span) => string;
  readonly only: { readonly column: string; readonly values: ReadonlyArray<string | number> } | undefined;
  readonly rest: string;
  readonly atOnce: number;
}

/** What roll-ups have counted of a stretch of time, and what they have not. */
export function partsOf(from: Date, to: Date): Parts {
  const first = Math.ceil(from.getTime() / QUARTER_MS);
  const end = quarterOf(to.getTime());
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

/** 0 and '' stand for none. */
const groupOf = (row: Readonly<Record<string, string | number>>): Group => row['group_value'] || null;

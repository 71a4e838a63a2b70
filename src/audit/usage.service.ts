import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { callTime } from './call-id';
import type { CallLog } from './call-log.entity';
import { CallSearches } from './call-search';
import { CallStore } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { type Position, type Stretch, walk } from './index-walk';
import { readRange } from './record-range';
import { TimeBuckets } from './time-buckets';
import { USAGE_BY_CODE, USAGE_BY_KEY, USAGE_BY_ROUTE } from './usage-roll-up.entity';
import { QUARTER_MS } from './usage-roll-ups';
import { Tally } from './usage-tally';
import type { UsageBucketView, UsageQueryDto, UsageView } from './usage.dto';

const HOUR_MS = 3_600_000;
const LONGEST_MS = 31 * 24 * HOUR_MS;
const LONGEST_IN_MINUTES_MS = 6 * HOUR_MS;
const MOST_CALLS = 500_000;
const MOST_BUCKETS = 10_000;
const PAGE = 2_000;
/** A day. */
const QUARTERS_AT_ONCE = 96;

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
type Group = string | number | null;

/** What a call is counted under. A verification is a use of the key that was asked about (`decisions.md` 14). */
const GROUPS = {
  key: ({ subjectKeyNumber, keyNumber }) => subjectKeyNumber ?? keyNumber,
  route: ({ routeNumber }) => routeNumber,
  status: ({ status }) => status,
  code: ({ code }) => code,
} as const satisfies Record<string, (call: CountedCall) => Group>;

/** Where the same is counted already, by quarters of an hour. */
const COUNTED_IN = {
  key: { table: USAGE_BY_KEY, column: 'key_number' },
  route: { table: USAGE_BY_ROUTE, column: 'route_number' },
  status: { table: USAGE_BY_CODE, column: 'status' },
  code: { table: USAGE_BY_CODE, column: 'code' },
} as const;

/** Calls of one time, or one quarter of an hour. */
interface Count {
  readonly at: number;
  readonly group: Group;
  readonly tally: Tally;
}

/**
 * Counts calls by time: whole quarters of an hour from the roll-ups, which are written together with the calls, the rest from the calls
 * themselves. Either way in pages, so that however many there are the memory stays small.
 */
@Injectable()
export class UsageService {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly searches: CallSearches,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async usage({ organizationId }: Principal, query: UsageQueryDto): Promise<UsageView> {
    const { from, to } = this.rangeOf(query);
    const { interval, groupBy, timeZone = 'UTC' } = query;
    const buckets = readBuckets(query);
    await this.store.flush();
    const { completeUntil } = this.store;
    const tallies = new Map<string, Count>();
    for await (const { at, group, tally } of this.counts(organizationId, from, to, query)) {
      add(tallies, { at: buckets.startOf(at), group, tally });
    }
    const data = await this.views([...tallies.values()], groupBy);
    return { data, from, to, interval, timeZone, completeUntil };
  }

  private rangeOf(query: UsageQueryDto): { from: Date; to: Date } {
    const given = readRange(query);
    // The calls of this very millisecond are in it.
    const to = given.to ?? new Date(this.clock.now().getTime() + 1);
    const from = given.from ?? new Date(to.getTime() - 24 * HOUR_MS);
    const length = to.getTime() - from.getTime();
    if (length <= 0) throw invalidField('/from', 'must be earlier than to');
    if (length > LONGEST_MS) throw invalidField('/from', 'must be at most 31 days before to');
    if (query.interval === 'minute' && length > LONGEST_IN_MINUTES_MS) throw invalidField('/interval', 'minutes go back six hours at most');
    return { from, to };
  }

  private async *counts(organizationId: string, from: Date, to: Date, { interval, groupBy }: UsageQueryDto): AsyncGenerator<Count> {
    const first = Math.ceil(from.getTime() / QUARTER_MS);
    const end = Math.floor(to.getTime() / QUARTER_MS);
    if (interval === 'minute' || first >= end) {
      yield* this.fromCalls(organizationId, from, to, groupBy);
      return;
    }
    yield* this.fromCalls(organizationId, from, new Date(first * QUARTER_MS), groupBy);
    yield* this.fromRollUps(organizationId, first, end, groupBy);
    yield* this.fromCalls(organizationId, new Date(end * QUARTER_MS), to, groupBy);
  }

  private async *fromRollUps(organizationId: string, first: number, end: number, groupBy: UsageQueryDto['groupBy']): AsyncGenerator<Count> {
    const organization = await this.terms.find('organization', organizationId);
    if (organization === undefined) return;
    const { table, column } = COUNTED_IN[groupBy ?? 'status'];
    for (let quarter = first; quarter < end; quarter += QUARTERS_AT_ONCE) {
      const rows = await this.database.query<Array<Record<string, string | number>>>(
        `SELECT quarter, ${column} AS group_value, calls, errors, denied, latencies FROM ${table}
         WHERE organization_number = ? AND quarter >= ? AND quarter < ?`,
        [organization, quarter, Math.min(end, quarter + QUARTERS_AT_ONCE)],
      );
      for (const row of rows) {
        // 0 and '' stand for none.
        const group = groupBy ? row['group_value'] || null : null;
        yield { at: Number(row['quarter']) * QUARTER_MS, group, tally: Tally.fromRow(row) };
      }
    }
  }

  private async *fromCalls(organizationId: string, from: Date, to: Date, groupBy: UsageQueryDto['groupBy']): AsyncGenerator<Count> {
    if (from >= to) return;
    const search = await this.searches.all(organizationId, { from, to });
    if (!search) return;
    const walked = { ...search.walk, properties: PROPERTIES };
    let read = 0;
    for (let after: Position | null = search.after; after;) {
      const { rows, next }: Stretch<CountedCall> = await walk<CountedCall>(this.database, walked, after, PAGE);
      read += rows.length;
      if (read > MOST_CALLS) throw invalidField('/from', `${MOST_CALLS} calls at most are counted at once; ask for a shorter time`);
      for (const call of rows) {
        const tally = new Tally();
        tally.count(call, call.calls);
        yield { at: callTime(call.id).getTime(), group: groupBy ? GROUPS[groupBy](call) : null, tally };
      }
      after = next;
    }
  }

  private async views(tallies: readonly Count[], groupBy: UsageQueryDto['groupBy']): Promise<UsageBucketView[]> {
    const named = groupBy === 'key' || groupBy === 'route';
    const texts = await this.terms.read(named ? tallies.map(({ group }) => group as number | null) : []);
    const nameOf = (group: Group): string | null => (named ? (texts.get(group as number) ?? null) : (group?.toString() ?? null));
    return tallies
      .filter(({ tally }) => tally.calls > 0)
      .map((count) => view(count, groupBy && { group: nameOf(count.group) }))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime() || compare(a.group ?? '', b.group ?? ''));
  }
}

function readBuckets({ interval, timeZone }: UsageQueryDto): TimeBuckets {
  if (interval === 'day' && timeZone === undefined) throw invalidField('/timeZone', 'says where days begin, and has to be given for them');
  try {
    return new TimeBuckets(interval, timeZone ?? 'UTC');
  } catch {
    throw invalidField('/timeZone', 'must be an IANA time zone such as Europe/Berlin');
  }
}

function add(tallies: Map<string, Count>, { at, group, tally }: Count): void {
  const name = `${at} ${group}`;
  const known = tallies.get(name);
  if (known) {
    known.tally.merge(tally);
    return;
  }
  if (tallies.size === MOST_BUCKETS) throw invalidField('/interval', `more than ${MOST_BUCKETS} buckets; ask for longer ones, or fewer`);
  tallies.set(name, { at, group, tally });
}

function view({ at, tally: { calls, errors, denied, latencies } }: Count, group: { group: string | null } | undefined): UsageBucketView {
  const milliseconds = (share: number): number => (latencies.percentile(share) ?? 0) / 1_000;
  return {
    at: new Date(at),
    ...group,
    calls,
    errors,
    denied,
    p50Ms: milliseconds(0.5),
    p95Ms: milliseconds(0.95),
    p99Ms: milliseconds(0.99),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

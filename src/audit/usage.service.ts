import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { callTime } from './call-id';
import type { CallLog } from './call-log.entity';
import { CallSearches } from './call-search';
import { CallStore } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { LatencyHistogram } from './latency-histogram';
import { type Position, type Stretch, walk } from './index-walk';
import { readRange } from './record-range';
import { TimeBuckets } from './time-buckets';
import type { UsageBucketView, UsageQueryDto, UsageView } from './usage.dto';

const HOUR_MS = 3_600_000;
const LONGEST_MS = 31 * 24 * HOUR_MS;
const LONGEST_IN_MINUTES_MS = 6 * HOUR_MS;
const MOST_CALLS = 500_000;
const MOST_BUCKETS = 10_000;
const PAGE = 2_000;

const DENIED: ReadonlySet<number> = new Set([401, 403, 429]);

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

/** What a call is counted under. A verification is a use of the key that was asked about (`decisions.md` 14). */
const GROUPS = {
  key: ({ subjectKeyNumber, keyNumber }) => subjectKeyNumber ?? keyNumber,
  route: ({ routeNumber }) => routeNumber,
  status: ({ status }) => status,
  code: ({ code }) => code,
} as const satisfies Record<string, (call: CountedCall) => string | number | null>;

interface Tally {
  readonly at: number;
  readonly group: string | number | null;
  readonly latencies: LatencyHistogram;
  calls: number;
  errors: number;
  denied: number;
}

/** Counts calls by time. From the calls themselves, in pages, so that however many there are the memory stays small. */
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
    const tallies = new Map<string, Tally>();
    for await (const call of this.calls(organizationId, from, to)) {
      const at = buckets.startOf(callTime(call.id).getTime());
      count(tallies, at, groupBy ? GROUPS[groupBy](call) : null, call);
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

  private async *calls(organizationId: string, from: Date, to: Date): AsyncGenerator<CountedCall> {
    const search = await this.searches.all(organizationId, { from, to });
    if (!search) return;
    const walked = { ...search.walk, properties: PROPERTIES };
    let read = 0;
    for (let after: Position | null = search.after; after;) {
      const { rows, next }: Stretch<CountedCall> = await walk<CountedCall>(this.database, walked, after, PAGE);
      read += rows.length;
      if (read > MOST_CALLS) throw invalidField('/from', `${MOST_CALLS} calls at most are counted at once; ask for a shorter time`);
      yield* rows;
      after = next;
    }
  }

  private async views(tallies: readonly Tally[], groupBy: UsageQueryDto['groupBy']): Promise<UsageBucketView[]> {
    const named = groupBy === 'key' || groupBy === 'route';
    const texts = await this.terms.read(named ? tallies.map(({ group }) => group as number | null) : []);
    const nameOf = (group: Tally['group']): string | null => (named ? (texts.get(group as number) ?? null) : (group?.toString() ?? null));
    return tallies
      .map((tally) => view(tally, groupBy && { group: nameOf(tally.group) }))
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

function count(tallies: Map<string, Tally>, at: number, group: Tally['group'], { status, calls, latencyMicroseconds }: CountedCall): void {
  const name = `${at} ${group}`;
  let tally = tallies.get(name);
  if (!tally) {
    if (tallies.size === MOST_BUCKETS) throw invalidField('/interval', `more than ${MOST_BUCKETS} buckets; ask for longer ones, or fewer`);
    tally = { at, group, latencies: new LatencyHistogram(), calls: 0, errors: 0, denied: 0 };
    tallies.set(name, tally);
  }
  tally.calls += calls;
  if (DENIED.has(status)) tally.denied += calls;
  else if (status >= 400) tally.errors += calls;
  tally.latencies.add(latencyMicroseconds, calls);
}

function view({ at, calls, errors, denied, latencies }: Tally, group: { group: string | null } | undefined): UsageBucketView {
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

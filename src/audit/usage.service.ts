import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { CallStore } from './call-store';
import { CallTerms } from './call-terms';
import { TimeBuckets } from './time-buckets';
import { figuresOf } from './usage-figures';
import { type Count, type Counting, type Group, partsOf, UsageCounts } from './usage-counts';
import { usageRange } from './usage-range';
import { Tally } from './usage-tally';
import type { UsageBucketView, UsageQueryDto, UsageView } from './usage.dto';

const LONGEST_IN_MINUTES_MS = 6 * 3_600_000;
const MOST_BUCKETS = 10_000;

/**
 * Counts calls by time: whole quarters of an hour from the roll-ups, which are written together with the calls, the rest from the calls
 * themselves. Either way in pages, so that however many there are the memory stays small.
 */
@Injectable()
export class UsageService {
  constructor(
    private readonly reads: UsageCounts,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async usage({ organizationId }: Principal, query: UsageQueryDto): Promise<UsageView> {
    const { from, to } = usageRange(query, this.clock.now());
    const { interval, groupBy, timeZone = 'UTC' } = query;
    if (interval === 'minute' && to.getTime() - from.getTime() > LONGEST_IN_MINUTES_MS) {
      throw invalidField('/interval', 'minutes go back six hours at most');
    }
    const buckets = readBuckets(query);
    await this.store.flush();
    const { completeUntil } = this.store;
    const tallies = new Map<string, Bucket>();
    const counting = { ...(await this.countingOf(query)), bucketOf: (time: number) => buckets.startOf(time) };
    for await (const { at, group, addTo } of this.counts(organizationId, from, to, query, counting)) {
      addTo(tallyOf(tallies, buckets.startOf(at), group));
    }
    const data = await this.views([...tallies.values()], groupBy);
    return { data, from, to, interval, timeZone, completeUntil };
  }

  private async *counts(organizationId: string, from: Date, to: Date, query: UsageQueryDto, counting: Counting): AsyncGenerator<Count> {
    if (query.interval === 'minute') {
      yield* this.reads.fromCalls(organizationId, from, to, counting);
      return;
    }
    const { edges, first, end } = partsOf(from, to);
    for (const [begin, stop] of edges) yield* this.reads.fromCalls(organizationId, begin, stop, counting);
    yield* this.reads.fromRollUps(organizationId, first, end, counting);
  }

  private async countingOf({ groupBy, keyId }: UsageQueryDto): Promise<Counting> {
    if (keyId === undefined) return { groupBy };
    if (groupBy !== undefined && groupBy !== 'key') throw invalidField('/groupBy', 'must be key, or absent, where keyId names keys');
    const keys = await Promise.all(keyId.split(',').map((id) => this.terms.find('key', id)));
    return { groupBy, keys: keys.filter((number) => number !== undefined) };
  }

  private async views(tallies: readonly Bucket[], groupBy: UsageQueryDto['groupBy']): Promise<UsageBucketView[]> {
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

interface Bucket {
  readonly at: number;
  readonly group: Group;
  readonly tally: Tally;
}

function tallyOf(tallies: Map<string, Bucket>, at: number, group: Group): Tally {
  const name = `${at} ${group}`;
  const known = tallies.get(name);
  if (known) return known.tally;
  if (tallies.size === MOST_BUCKETS) throw invalidField('/interval', `more than ${MOST_BUCKETS} buckets; ask for longer ones, or fewer`);
  const tally = new Tally();
  tallies.set(name, { at, group, tally });
  return tally;
}

const view = ({ at, tally }: Bucket, group: { group: string | null } | undefined): UsageBucketView => ({
  at: new Date(at),
  ...group,
  ...figuresOf(tally),
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

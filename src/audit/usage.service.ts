import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { firstCallIdAt } from './call-id';
import { CallStore } from './call-store';
import { CallTerms } from './call-terms';
import { TimeBuckets } from './time-buckets';
import { type CounterAt, type Counting, partsOf, UsageCounts } from './usage-counts';
import { namesOf } from './usage-names';
import { usageRange } from './usage-range';
import { UsageTable } from './usage-table';
import type { UsageBucketView, UsageQueryDto, UsageView } from './usage.dto';

const LONGEST_IN_MINUTES_MS = 6 * 3_600_000;

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
    const now = this.clock.now();
    const { from, to } = usageRange(query, now);
    const { interval, groupBy, timeZone = 'UTC' } = query;
    if (interval === 'minute' && to.getTime() - from.getTime() > LONGEST_IN_MINUTES_MS) {
      throw invalidField('/interval', 'minutes are for up to six hours at once');
    }
    const buckets = readBuckets(query);
    await this.store.flush(firstCallIdAt(to));
    const { completeUntil } = this.store;
    const table = new UsageTable();
    const counting = { ...(await this.countingOf(query)), bucketOf: (time: number) => buckets.startOf(time) };
    const counterAt: CounterAt = (time) => table.at(buckets.startOf(time));
    if (interval === 'minute') await this.reads.addCalls(organizationId, from, to, counting, counterAt);
    else {
      const { edges, first, end } = partsOf(from, to, now);
      await Promise.all([
        ...edges.map(([begin, stop]) => this.reads.addCalls(organizationId, begin, stop, counting, counterAt)),
        this.reads.addRollUps(organizationId, first, end, counting, counterAt),
      ]);
    }
    const data = await this.views(table, groupBy);
    return { data, from, to, interval, timeZone, completeUntil };
  }

  private async countingOf({ groupBy, keyId }: UsageQueryDto): Promise<Counting> {
    if (keyId === undefined) return { groupBy };
    if (groupBy !== undefined && groupBy !== 'key') throw invalidField('/groupBy', 'must be key, or absent, where keyId names keys');
    const keys = await Promise.all(keyId.split(',').map((id) => this.terms.find('key', id)));
    return { groupBy, keys: keys.filter((number) => number !== undefined) };
  }

  /** Oldest first, groups of one time by their names. */
  private async views(table: UsageTable, groupBy: UsageQueryDto['groupBy']): Promise<UsageBucketView[]> {
    const nameOf = await namesOf(this.terms, table.groups, groupBy);
    const names = new Map([...table.groups].map((group) => [group, nameOf(group)]));
    const groups = [...names].toSorted(([, a], [, b]) => compare(a ?? '', b ?? '')).map(([group]) => group);
    const views: UsageBucketView[] = [];
    for (const [begin, places] of table.inOrder(groups)) {
      const at = new Date(begin).toISOString();
      for (const place of places) views.push(table.viewAt(place, at, groupBy && names.get(table.groupAt(place))!));
    }
    return views;
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

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

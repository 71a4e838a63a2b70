import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { firstCallIdAt } from './call-id';
import { CallStore } from './call-store';
import { CallTerms } from './call-terms';
import { TimeBuckets } from './time-buckets';
import { figuresOf } from './usage-figures';
import { type Counting, type Group, partsOf, type TalliesAt, UsageCounts } from './usage-counts';
import { namesOf } from './usage-names';
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
    await this.store.flush(firstCallIdAt(to));
    const { completeUntil } = this.store;
    const tallies = new Tallies();
    const counting = { ...(await this.countingOf(query)), bucketOf: (time: number) => buckets.startOf(time) };
    const talliesAt: TalliesAt = (time) => tallies.at(buckets.startOf(time));
    if (interval === 'minute') await this.reads.addCalls(organizationId, from, to, counting, talliesAt);
    else {
      const { edges, first, end } = partsOf(from, to);
      await Promise.all([
        ...edges.map(([begin, stop]) => this.reads.addCalls(organizationId, begin, stop, counting, talliesAt)),
        this.reads.addRollUps(organizationId, first, end, counting, talliesAt),
      ]);
    }
    const data = await this.views(tallies, groupBy);
    return { data, from, to, interval, timeZone, completeUntil };
  }

  private async countingOf({ groupBy, keyId }: UsageQueryDto): Promise<Counting> {
    if (keyId === undefined) return { groupBy };
    if (groupBy !== undefined && groupBy !== 'key') throw invalidField('/groupBy', 'must be key, or absent, where keyId names keys');
    const keys = await Promise.all(keyId.split(',').map((id) => this.terms.find('key', id)));
    return { groupBy, keys: keys.filter((number) => number !== undefined) };
  }

  /** Oldest first, groups of one time by their names. */
  private async views({ begins, byGroup }: Tallies, groupBy: UsageQueryDto['groupBy']): Promise<UsageBucketView[]> {
    const nameOf = await namesOf(this.terms, byGroup.keys(), groupBy);
    const named = [...byGroup].map(([group, ofGroup]) => ({ name: nameOf(group), ofGroup }));
    const byTime = new Map(begins.map((begin) => [begin, { at: new Date(begin).toISOString(), views: new Array<UsageBucketView>() }]));
    // One group after the other, so that they are sorted once and not at each of hundreds of times.
    for (const { name, ofGroup } of named.toSorted((a, b) => compare(a.name ?? '', b.name ?? ''))) {
      const group = groupBy && { group: name };
      for (const [begin, tally] of ofGroup) {
        const { at, views } = byTime.get(begin)!;
        if (tally.calls > 0) views.push(view(at, group, tally));
      }
    }
    return [...byTime.values()].flatMap(({ views }) => views);
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

/** What has been counted, by the time at which buckets begin and by group. */
class Tallies {
  readonly byGroup = new Map<Group, Array<readonly [begin: number, tally: Tally]>>();
  private readonly byTime = new Map<number, Map<Group, Tally>>();
  private size = 0;

  /** Of what begins at this time. */
  at(begin: number): (group: Group) => Tally {
    const known = this.byTime.get(begin);
    const tallies = known ?? new Map<Group, Tally>();
    if (!known) this.byTime.set(begin, tallies);
    return (group) => tallies.get(group) ?? this.add(begin, tallies, group);
  }

  /** Oldest first. */
  get begins(): readonly number[] {
    return [...this.byTime.keys()].toSorted((a, b) => a - b);
  }

  private add(begin: number, tallies: Map<Group, Tally>, group: Group): Tally {
    if (this.size === MOST_BUCKETS) throw invalidField('/interval', `more than ${MOST_BUCKETS} buckets; ask for longer ones, or fewer`);
    this.size += 1;
    const tally = new Tally();
    tallies.set(group, tally);
    const known = this.byGroup.get(group);
    if (known) known.push([begin, tally]);
    else this.byGroup.set(group, [[begin, tally]]);
    return tally;
  }
}

/** Written out: copying properties took as long as everything else. */
function view(at: string, named: { readonly group: string | null } | undefined, tally: Tally): UsageBucketView {
  const { calls, errors, denied, p50Ms, p95Ms, p99Ms } = figuresOf(tally);
  return named
    ? { at, group: named.group, calls, errors, denied, p50Ms, p95Ms, p99Ms }
    : { at, calls, errors, denied, p50Ms, p95Ms, p99Ms };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

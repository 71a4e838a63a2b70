import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, type Principal } from '../common';
import { firstCallIdAt } from './call-id';
import { CallStore } from './call-store';
import { CallTerms } from './call-terms';
import { type Group, type GroupCounter, partsOf, UsageCounts } from './usage-counts';
import { figuresOf } from './usage-figures';
import { namesOf } from './usage-names';
import { usageRange } from './usage-range';
import { Tally } from './usage-tally';
import type { TopUsageQueryDto, TopUsageView } from './usage.dto';

/**
 * Tells which keys, routes, statuses or codes had most calls in a stretch of time. However many there are: latencies, which are most of
 * the work, are read of those few only that are told.
 */
@Injectable()
export class TopUsageService {
  constructor(
    private readonly reads: UsageCounts,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async top({ organizationId }: Principal, query: TopUsageQueryDto): Promise<TopUsageView> {
    const now = this.clock.now();
    const { from, to } = usageRange(query, now);
    const { groupBy, limit } = query;
    await this.store.flush(firstCallIdAt(to));
    const { completeUntil } = this.store;
    const { edges, first, end } = partsOf(from, to, now);
    const tallies = new Map<Group, Tally>();
    const sums = new Map<Group, Tally>();
    for (const [begin, stop] of edges) {
      await this.reads.addCalls(organizationId, begin, stop, { groupBy }, () => counterOf((group) => tallyOf(tallies, group)));
    }
    for (const [group, { calls, errors, denied }] of tallies) tallyOf(sums, group).add(calls, errors, denied, '');
    await this.reads.addRollUps(organizationId, first, end, { groupBy, isBrief: true }, () => counterOf((group) => tallyOf(sums, group)));
    const all = [...sums].filter(([, { calls }]) => calls > 0).toSorted(([a, { calls: x }], [b, { calls: y }]) => y - x || compare(a, b));
    const told = new Set(all.slice(0, limit).map(([group]) => group));
    const keys = groupBy === 'key' ? { keys: [...told].map(Number) } : {};
    await this.reads.addRollUps(organizationId, first, end, { groupBy, ...keys }, () =>
      counterOf((group) => (told.has(group) ? tallyOf(tallies, group) : undefined)),
    );
    const nameOf = await namesOf(this.terms, told, groupBy);
    const data = [...told].map((group) => ({ group: nameOf(group), ...figuresOf(tallies.get(group)!) }));
    return { data, others: togetherOf(all.slice(limit).map(([, sum]) => sum)), from, to, completeUntil };
  }
}

const counterOf = (find: (group: Group) => Tally | undefined): GroupCounter => ({
  count: (group, call, calls) => find(group)?.count(call, calls),
  add: (group, ...counted) => void find(group)?.add(...counted),
});

function tallyOf(tallies: Map<Group, Tally>, group: Group): Tally {
  const tally = tallies.get(group) ?? new Tally();
  tallies.set(group, tally);
  return tally;
}

const togetherOf = (sums: readonly Tally[]): TopUsageView['others'] =>
  sums.reduce(
    (total, { calls, errors, denied }) => ({
      groups: total.groups + 1,
      calls: total.calls + calls,
      errors: total.errors + errors,
      denied: total.denied + denied,
    }),
    { groups: 0, calls: 0, errors: 0, denied: 0 },
  );

const compare = (a: Group, b: Group): number => String(a).localeCompare(String(b), 'en', { numeric: true });

import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, type Principal } from '../common';
import { CallStore } from './call-store';
import { CallTerms } from './call-terms';
import { type Group, partsOf, type Sum, UsageCounts } from './usage-counts';
import { figuresOf } from './usage-figures';
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
    const { from, to } = usageRange(query, this.clock.now());
    const { groupBy, limit } = query;
    await this.store.flush();
    const { completeUntil } = this.store;
    const { edges, first, end } = partsOf(from, to);
    const tallies = new Map<Group, Tally>();
    const sums = new Map<Group, Sum>();
    for (const [begin, stop] of edges) {
      for await (const count of this.reads.fromCalls(organizationId, begin, stop, { groupBy })) count.addTo(tallyOf(tallies, count.group));
    }
    for (const [group, tally] of tallies) add(sums, { group, ...tally });
    for await (const some of this.reads.sums(organizationId, first, end, groupBy)) for (const sum of some) add(sums, sum);
    const all = [...sums.values()].filter(({ calls }) => calls > 0).toSorted((a, b) => b.calls - a.calls || compare(a.group, b.group));
    const told = all.slice(0, limit).map(({ group }) => group);
    for await (const count of this.reads.fromRollUps(organizationId, first, end, { groupBy }, told)) {
      count.addTo(tallyOf(tallies, count.group));
    }
    const nameOf = await this.namesOf(told, groupBy);
    const data = told.map((group) => ({ group: nameOf(group), ...figuresOf(tallies.get(group)!) }));
    return { data, others: togetherOf(all.slice(limit)), from, to, completeUntil };
  }

  private async namesOf(groups: readonly Group[], groupBy: TopUsageQueryDto['groupBy']): Promise<(group: Group) => string | null> {
    if (groupBy !== 'key' && groupBy !== 'route') return (group) => group?.toString() ?? null;
    const texts = await this.terms.read(groups as ReadonlyArray<number | null>);
    return (group) => texts.get(group as number) ?? null;
  }
}

function add(sums: Map<Group, Sum>, { group, calls, errors, denied }: Sum): void {
  const known = sums.get(group) ?? { group, calls: 0, errors: 0, denied: 0 };
  sums.set(group, { group, calls: known.calls + calls, errors: known.errors + errors, denied: known.denied + denied });
}

function tallyOf(tallies: Map<Group, Tally>, group: Group): Tally {
  const tally = tallies.get(group) ?? new Tally();
  tallies.set(group, tally);
  return tally;
}

const togetherOf = (sums: readonly Sum[]): TopUsageView['others'] =>
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

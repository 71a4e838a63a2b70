import { invalidField } from '../common';
import { LatencyTable } from './latency-table';
import type { Group, GroupCounter } from './usage-counts';
import { inMilliseconds, PERCENTILES } from './usage-figures';
import { type CountedCall, isDenied, isError } from './usage-tally';
import type { UsageBucketView } from './usage.dto';

const MOST_BUCKETS = 10_000;

/** A bucket of a group, by its place in the columns of a table. */
type Place = number;

/**
 * Calls counted by the time at which their bucket begins, and by group. A column for each count, and no object for each of thousands of
 * buckets: a report is mostly the time that it takes to make and clear away what it is made of.
 */
export class UsageTable {
  private readonly counters = new Map<number, GroupCounter>();
  private readonly placesByGroup = new Map<Group, Place[]>();
  private readonly begins: number[] = [];
  private readonly groupsAt: Group[] = [];
  private readonly calls: number[] = [];
  private readonly errors: number[] = [];
  private readonly denied: number[] = [];
  private readonly latencies = new LatencyTable();

  get groups(): Iterable<Group> {
    return this.placesByGroup.keys();
  }

  /** Of the bucket that begins at this time. Throws a Problem `validation_failed` for more buckets than anybody reads. */
  at(begin: number): GroupCounter {
    let counter = this.counters.get(begin);
    if (!counter) this.counters.set(begin, (counter = this.counterOf(begin)));
    return counter;
  }

  /** Those that have calls, oldest first, and at each time in the order of these groups. */
  inOrder(groups: readonly Group[]): Array<readonly [begin: number, places: readonly Place[]]> {
    const byTime = new Map([...this.counters.keys()].toSorted((a, b) => a - b).map((begin) => [begin, new Array<Place>()]));
    // One group after the other: so they are sorted once, and not at each of hundreds of times.
    for (const group of groups) {
      for (const place of this.placesByGroup.get(group) ?? []) if (this.calls[place]! > 0) byTime.get(this.begins[place]!)!.push(place);
    }
    return [...byTime];
  }

  groupAt(place: Place): Group {
    return this.groupsAt[place]!;
  }

  /** @param named what people call its group; `undefined` where nothing is counted apart */
  viewAt(place: Place, at: string, named: string | null | undefined): UsageBucketView {
    const [calls, errors, denied] = [this.calls[place]!, this.errors[place]!, this.denied[place]!];
    const [p50, p95, p99] = this.latencies.percentiles(place, PERCENTILES);
    const [p50Ms, p95Ms, p99Ms] = [inMilliseconds(p50), inMilliseconds(p95), inMilliseconds(p99)];
    // Written out: copying properties takes as long as everything else.
    return named === undefined
      ? { at, calls, errors, denied, p50Ms, p95Ms, p99Ms }
      : { at, group: named, calls, errors, denied, p50Ms, p95Ms, p99Ms };
  }

  private counterOf(begin: number): GroupCounter {
    const places = new Map<Group, Place>();
    const placeOf = (group: Group): Place => places.get(group) ?? this.newPlace(begin, places, group);
    return {
      count: (group, call, calls) => this.count(placeOf(group), call, calls),
      add: (group, calls, errors, denied, latencies, start, end) => this.add(placeOf(group), calls, errors, denied, latencies, start, end),
    };
  }

  private count(place: Place, { status, latencyMicroseconds }: CountedCall, calls: number): void {
    this.calls[place]! += calls;
    if (isError(status)) this.errors[place]! += calls;
    if (isDenied(status)) this.denied[place]! += calls;
    this.latencies.addCalls(place, latencyMicroseconds, calls);
  }

  private add(place: Place, calls: number, errors: number, denied: number, latencies: string, start: number, end: number): void {
    this.calls[place]! += calls;
    this.errors[place]! += errors;
    this.denied[place]! += denied;
    this.latencies.add(place, latencies, start, end);
  }

  private newPlace(begin: number, places: Map<Group, Place>, group: Group): Place {
    const place = this.begins.length;
    if (place === MOST_BUCKETS) throw invalidField('/interval', `more than ${MOST_BUCKETS} buckets; ask for longer ones, or fewer`);
    places.set(group, place);
    this.begins.push(begin);
    this.groupsAt.push(group);
    this.calls.push(0);
    this.errors.push(0);
    this.denied.push(0);
    const known = this.placesByGroup.get(group);
    if (known) known.push(place);
    else this.placesByGroup.set(group, [place]);
    return place;
  }
}

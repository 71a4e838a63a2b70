import { type Bucket, hasRoom, type KeyedLimit, levelNow, takenAt, type TakenFromAll, takenFromAll } from './gcra';

/** About 20 MB of buckets. Past it the one unused for longest is forgotten. */
const MOST_BUCKETS = 100_000;

/** Counts calls in the memory of this process. */
export class LocalLimits {
  /** In the order of their last use: a Map keeps the order of insertion. */
  private readonly buckets = new Map<string, Bucket>();

  /** Counts one call by all of the limits, or by none where one of them has no room, and says whether it may go on. */
  take(limits: readonly KeyedLimit[], now: Date): TakenFromAll {
    const atMs = now.getTime();
    const levels = limits.map((limit) => this.level(limit, atMs));
    const rooms = limits.map((limit, i) => hasRoom(levels[i]!, limit));
    const taken = rooms.every(Boolean) ? 1 : 0;
    return takenFromAll(
      limits.map((limit, i) => {
        const level = levels[i]! + taken;
        this.set(limit.key, { level, atMs });
        return takenAt(level, limit, rooms[i]!);
      }),
    );
  }

  /** What `take` would say, without counting anything. */
  peek(limits: readonly KeyedLimit[], now: Date): TakenFromAll {
    return takenFromAll(
      limits.map((limit) => {
        const level = this.level(limit, now.getTime());
        const room = hasRoom(level, limit);
        return takenAt(room ? level + 1 : level, limit, room);
      }),
    );
  }

  /** How full the bucket of a limit is, as far as it is known here. */
  level(limit: KeyedLimit, nowMs: number): number {
    return levelNow(this.buckets.get(limit.key), limit, nowMs);
  }

  /** Remembers a bucket that was counted elsewhere. */
  set(key: string, bucket: Bucket): void {
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MOST_BUCKETS) this.buckets.delete(this.buckets.keys().next().value!);
  }

  get size(): number {
    return this.buckets.size;
  }
}

import { Injectable } from '@nestjs/common';

import { type Bucket, gcra, type RateLimit, type Taken } from './gcra';

/** About 20 MB of buckets. Past it the one unused for longest is forgotten. */
const MOST_BUCKETS = 100_000;

/** Counts calls in the memory of this process. */
@Injectable()
export class RateLimiter {
  /** In the order of their last use: a Map keeps the order of insertion. */
  private readonly buckets = new Map<string, Bucket>();

  /** Counts one call under `key` and says whether it may go on. */
  take(key: string, limit: RateLimit, now: Date): Taken {
    const { bucket, ...taken } = gcra(this.buckets.get(key), limit, now);
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MOST_BUCKETS) this.buckets.delete(this.buckets.keys().next().value!);
    return taken;
  }

  /** What `take` would say, without counting anything. */
  peek(key: string, limit: RateLimit, now: Date): Taken {
    const { bucket: _bucket, ...taken } = gcra(this.buckets.get(key), limit, now);
    return taken;
  }

  get size(): number {
    return this.buckets.size;
  }
}

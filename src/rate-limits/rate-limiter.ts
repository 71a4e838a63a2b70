import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { hasRoom, type KeyedLimit, type RateLimit, type Taken, takenAt, type TakenFromAll, takenFromAll } from './gcra';
import { LocalLimits } from './local-limits';
import { type KnownLimit, SharedLimits } from './shared-limits';

/**
 * Counts calls: in Redis where there is one, so that a limit is one limit for all replicas, else in the memory of this process. A value
 * at once where nobody has to be asked, a promise where Redis is.
 *
 * What Redis has answered is remembered here, too. So who is known to be over the limit is refused without asking; when Redis goes
 * away each replica goes on from what it knows, and all of them together admit at most their number times the limit; and a Redis
 * that comes back empty is told how full the buckets are.
 */
@Injectable()
export class RateLimiter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly local = new LocalLimits();

  constructor(@Inject(SharedLimits) private readonly shared: SharedLimits | null) {}

  /** Counts one call under `key` and says whether it may go on. */
  take(key: string, limit: RateLimit, now: Date): Taken | Promise<Taken> {
    const taken = this.takeAll([{ key, ...limit }], now);
    return taken instanceof Promise ? taken.then(({ each }) => each[0]!) : taken.each[0]!;
  }

  /** Counts one call by all of the limits, or by none where one of them has no room, and says whether it may go on. */
  takeAll(limits: readonly KeyedLimit[], now: Date): TakenFromAll | Promise<TakenFromAll> {
    if (!this.shared?.isThere) return this.local.take(limits, now);
    const known = this.local.peek(limits, now);
    return known.allowed ? this.takeShared(this.shared, limits, now) : known;
  }

  /** Whether `takeAll` would allow a call now; nothing is counted. */
  async hasRoom(limits: readonly KeyedLimit[], now: Date): Promise<boolean> {
    const { allowed } = this.local.peek(limits, now);
    if (!allowed || !this.shared) return allowed;
    const counted = await this.shared.count(this.known(limits, now), 0, now.getTime());
    return counted?.allowed ?? allowed;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.shared?.start();
  }

  onApplicationShutdown(): void {
    this.shared?.stop();
  }

  private async takeShared(shared: SharedLimits, limits: readonly KeyedLimit[], now: Date): Promise<TakenFromAll> {
    const counted = await shared.count(this.known(limits, now), 1, now.getTime());
    if (!counted) return this.local.take(limits, now);
    // As if it had been counted earlier than it may have been, so that what is known here is never more than what is counted there.
    const atMs = now.getTime() - shared.deadlineMs;
    return takenFromAll(
      limits.map((limit, i) => {
        const level = counted.levels[i]!;
        this.local.set(limit.key, { level, atMs });
        return takenAt(level, limit, counted.allowed || hasRoom(level, limit));
      }),
    );
  }

  private known(limits: readonly KeyedLimit[], now: Date): KnownLimit[] {
    return limits.map((limit) => ({ limit, level: this.local.level(limit, now.getTime()) }));
  }
}

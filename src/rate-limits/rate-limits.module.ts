import { type DynamicModule, Module } from '@nestjs/common';

import { type Clock, CLOCK, systemClock } from '../common';
import { REDIS, type RedisConnection } from '../coordination';
import { RateLimiter } from './rate-limiter';
import { SharedLimits } from './shared-limits';

const DEADLINE_MS = 20;

export interface RateLimitsOptions {
  /** How long a call waits for Redis before it is counted here alone. Default 20. */
  readonly redisDeadlineMs?: number;
}

/** Counts in the Redis of `coordination/`, where there is one. */
@Module({})
export class RateLimitsModule {
  static forRoot({ redisDeadlineMs: deadlineMs = DEADLINE_MS }: RateLimitsOptions = {}): DynamicModule {
    const sharedIn = (redis: RedisConnection | null, clock: Clock): SharedLimits | null =>
      redis && new SharedLimits(redis, { prefix: 'keystile:limits:', isClockOurs: clock !== systemClock, deadlineMs });
    return {
      module: RateLimitsModule,
      global: true,
      providers: [{ provide: SharedLimits, inject: [REDIS, CLOCK], useFactory: sharedIn }, RateLimiter],
      exports: [RateLimiter],
    };
  }
}

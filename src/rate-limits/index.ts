/**
 * How many calls in how long. `gcra` decides on plain values; `RateLimiter` keeps a bucket for each key: an API key's id, an address
 * that tries passwords, an account that is tried. `limiter.take('login:192.0.2.1', { limit: 20, windowSeconds: 60 }, now)`. The buckets
 * are those of all replicas where there is a Redis (`SharedLimits`), else those of this process (`LocalLimits`).
 */
export type { KeyedLimit, RateLimit, Taken, TakenFromAll } from './gcra';
export { type LimitStanding, type NamedLimit, showLimits, standingsOf } from './limit-standing';
export { RateLimiter } from './rate-limiter';
export { RateLimitsModule, type RateLimitsOptions } from './rate-limits.module';

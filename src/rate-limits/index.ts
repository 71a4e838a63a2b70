/**
 * How many calls in how long. `gcra` decides on plain values, `RateLimiter` remembers a bucket per key: an API key's id, an address
 * that tries passwords, an account that is tried. `limiter.take('login:192.0.2.1', { limit: 20, windowSeconds: 60 }, now)`.
 */
export { type Bucket, gcra, type RateLimit, type Taken } from './gcra';
export { RateLimiter } from './rate-limiter';
export { RateLimitsModule } from './rate-limits.module';

/** So many calls in so long. As many may come at once. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What is remembered of one caller: how many calls its bucket held, and when. It leaks evenly, one window empties it. */
export interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

/** What came of one call. */
export interface Taken {
  readonly allowed: boolean;
  /** How many more could come right now. */
  readonly remaining: number;
  /** `0` where the call was allowed, else whole seconds after which the next one is. */
  readonly retryAfterSeconds: number;
}

/** Forgives what adding and dividing floating-point numbers loses. */
const ROUNDING = 1e-6;

/**
 * The generic cell rate algorithm in its form as a leaking bucket (ITU-T I.371, annex A: the same decisions, and a bucket counts
 * whole calls without rounding). Burst equal to the limit. A refused call takes nothing.
 *
 * A clock that went back makes nobody wait longer than one window: the bucket keeps its level and starts to leak again.
 */
export function gcra(before: Bucket | undefined, { limit, windowSeconds }: RateLimit, now: Date): Taken & { readonly bucket: Bucket } {
  const atMs = now.getTime();
  const msPerCall = (windowSeconds * 1_000) / limit;
  const leaked = before ? Math.max(0, atMs - before.atMs) / msPerCall : 0;
  // A bucket filled under a larger limit holds no more than the limit of now.
  const level = Math.max(0, Math.min(before?.level ?? 0, limit) - leaked);
  if (level + 1 > limit + ROUNDING) {
    const waitMs = (level + 1 - limit) * msPerCall;
    return { allowed: false, remaining: 0, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000 - ROUNDING)), bucket: { level, atMs } };
  }
  return {
    allowed: true,
    remaining: Math.floor(limit - level - 1 + ROUNDING),
    retryAfterSeconds: 0,
    bucket: { level: level + 1, atMs },
  };
}

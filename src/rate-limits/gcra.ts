/** So many calls in so long. As many may come at once. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** A limit and whose calls it counts. */
export interface KeyedLimit extends RateLimit {
  readonly key: string;
}

/** What is remembered of one caller: how many calls its bucket held, and when. It leaks evenly, one window empties it. */
export interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

/** What came of one call, or how one of its limits stands after it. */
export interface Taken {
  readonly allowed: boolean;
  /** How many more could come right now. */
  readonly remaining: number;
  /** `0` where the call was allowed, else whole seconds after which the next one is. */
  readonly retryAfterSeconds: number;
  /** Whole seconds, at least one, until one more than `remaining` could come. */
  readonly moreInSeconds: number;
}

/** What came of one call that several limits count. It is counted by all of them or by none. */
export interface TakenFromAll {
  readonly allowed: boolean;
  /** `0` where the call was allowed, else whole seconds after which all of the limits let the next one through. */
  readonly retryAfterSeconds: number;
  /** In the order of the limits. */
  readonly each: readonly Taken[];
}

/** Forgives what adding and dividing floating-point numbers loses. */
const ROUNDING = 1e-6;

/**
 * How much a bucket holds by now: the generic cell rate algorithm in its form as a leaking bucket (ITU-T I.371, annex A: the same
 * decisions, and a bucket counts whole calls without rounding). Burst equal to the limit.
 *
 * A clock that went back makes nobody wait longer than one window: the bucket keeps its level and starts to leak again. One filled
 * under a larger limit holds no more than the limit of now.
 */
export function levelNow(before: Bucket | undefined, { limit, windowSeconds }: RateLimit, nowMs: number): number {
  if (!before) return 0;
  const msPerCall = (windowSeconds * 1_000) / limit;
  const leaked = Math.max(0, nowMs - before.atMs) / msPerCall;
  return Math.max(0, Math.min(before.level, limit) - leaked);
}

/** Whether one more call goes into a bucket of that level. */
export const hasRoom = (level: number, { limit }: RateLimit): boolean => level + 1 <= limit + ROUNDING;

/** What a limit says of one call. @param level of its bucket, with the call where it was counted */
export function takenAt(level: number, { limit, windowSeconds }: RateLimit, allowed: boolean): Taken {
  const remaining = Math.max(0, Math.floor(limit - level + ROUNDING));
  const waitMs = (remaining + 1 - (limit - level)) * ((windowSeconds * 1_000) / limit);
  const moreInSeconds = Math.max(1, Math.ceil(waitMs / 1_000 - ROUNDING));
  return { allowed, remaining, retryAfterSeconds: allowed ? 0 : moreInSeconds, moreInSeconds };
}

/** Sums up what the limits of one call say. @param each with `allowed` where the limit itself has nothing against the call */
export function takenFromAll(each: readonly Taken[]): TakenFromAll {
  const retryAfterSeconds = Math.max(0, ...each.map((taken) => taken.retryAfterSeconds));
  return { allowed: retryAfterSeconds === 0, retryAfterSeconds, each };
}

/** One call of one limit. A refused call takes nothing. */
export function gcra(before: Bucket | undefined, limit: RateLimit, now: Date): Taken & { readonly bucket: Bucket } {
  const atMs = now.getTime();
  const held = levelNow(before, limit, atMs);
  const allowed = hasRoom(held, limit);
  const level = allowed ? held + 1 : held;
  return { ...takenAt(level, limit, allowed), bucket: { level, atMs } };
}

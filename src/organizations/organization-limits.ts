/** So many calls in so long. */
export interface KeyLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** From two columns that are set together or not at all. */
export const limitOf = (limit: number | null, windowSeconds: number | null): KeyLimit | null =>
  limit === null || windowSeconds === null ? null : { limit, windowSeconds };

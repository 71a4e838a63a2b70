import type { Tally } from './usage-tally';
import type { UsageFiguresView } from './usage.dto';

/** Those that reports tell. */
export const PERCENTILES = [0.5, 0.95, 0.99] as const;

/** A tally as people read it. */
export const figuresOf = ({ calls, errors, denied, latencies }: Tally): UsageFiguresView =>
  figuresView(calls, errors, denied, latencies.percentiles(...PERCENTILES));

/** @param percentiles in microseconds; `null` where nothing was counted */
export function figuresView(
  calls: number,
  errors: number,
  denied: number,
  [p50, p95, p99]: ReadonlyArray<number | null>,
): UsageFiguresView {
  return { calls, errors, denied, p50Ms: (p50 ?? 0) / 1_000, p95Ms: (p95 ?? 0) / 1_000, p99Ms: (p99 ?? 0) / 1_000 };
}

import type { Tally } from './usage-tally';
import type { UsageFiguresView } from './usage.dto';

/** Those that reports tell. */
export const PERCENTILES = [0.5, 0.95, 0.99] as const;

/** A tally as people read it. */
export function figuresOf({ calls, errors, denied, latencies }: Tally): UsageFiguresView {
  const [p50, p95, p99] = latencies.percentiles(...PERCENTILES);
  return { calls, errors, denied, p50Ms: inMilliseconds(p50), p95Ms: inMilliseconds(p95), p99Ms: inMilliseconds(p99) };
}

/** A percentile in microseconds, if anything was counted. */
export const inMilliseconds = (microseconds: number | null | undefined): number => (microseconds ?? 0) / 1_000;

import type { Tally } from './usage-tally';
import type { UsageFiguresView } from './usage.dto';

/** A tally as people read it. */
export function figuresOf({ calls, errors, denied, latencies }: Tally): UsageFiguresView {
  const [p50, p95, p99] = latencies.percentiles(0.5, 0.95, 0.99);
  return { calls, errors, denied, p50Ms: (p50 ?? 0) / 1_000, p95Ms: (p95 ?? 0) / 1_000, p99Ms: (p99 ?? 0) / 1_000 };
}

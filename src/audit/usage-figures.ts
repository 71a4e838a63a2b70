import type { Tally } from './usage-tally';
import type { UsageFiguresView } from './usage.dto';

/** A tally as people read it. */
export function figuresOf({ calls, errors, denied, latencies }: Tally): UsageFiguresView {
  const [p50Ms, p95Ms, p99Ms] = latencies.percentiles(0.5, 0.95, 0.99).map((microseconds) => (microseconds ?? 0) / 1_000);
  return { calls, errors, denied, p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! };
}

import type { Tally } from './usage-tally';
import type { UsageFiguresView } from './usage.dto';

/** A tally as people read it. */
export function figuresOf({ calls, errors, denied, latencies }: Tally): UsageFiguresView {
  const milliseconds = (share: number): number => (latencies.percentile(share) ?? 0) / 1_000;
  return { calls, errors, denied, p50Ms: milliseconds(0.5), p95Ms: milliseconds(0.95), p99Ms: milliseconds(0.99) };
}

import { LatencyHistogram } from './latency-histogram';

/** What a call adds to the counts. */
export interface Counted {
  readonly status: number;
  readonly code: string | null;
  readonly latencyMicroseconds: number;
}

const DENIED: ReadonlySet<number> = new Set([401, 403, 429]);

/** Calls, counted. Those that were neither denied nor errors went well. */
export class Tally {
  calls = 0;
  errors = 0;
  denied = 0;
  readonly latencies = new LatencyHistogram();

  /** Adds what is stored of some calls. @param latencies a `LatencyHistogram` as text; the part of it from `start` to `end` */
  add(calls: number, errors: number, denied: number, latencies: string, start = 0, end = latencies.length): this {
    this.calls += calls;
    this.errors += errors;
    this.denied += denied;
    if (end - start < latencies.length) this.latencies.addPart(latencies, start, end);
    else this.latencies.addText(latencies);
    return this;
  }

  /** `calls`, `errors`, `denied` and `latencies` as they are stored. */
  toRow(): [number, number, number, string] {
    return [this.calls, this.errors, this.denied, this.latencies.toText()];
  }

  count({ status, latencyMicroseconds }: Omit<Counted, 'code'>, calls: number): void {
    this.calls += calls;
    if (DENIED.has(status)) this.denied += calls;
    else if (status >= 400) this.errors += calls;
    this.latencies.add(latencyMicroseconds, calls);
  }

  merge({ calls, errors, denied, latencies }: Tally): void {
    this.calls += calls;
    this.errors += errors;
    this.denied += denied;
    this.latencies.merge(latencies);
  }
}

import { LatencyHistogram } from './latency-histogram';

/** What a call adds to the counts. */
export interface Counted {
  readonly status: number;
  readonly code: string | null;
  readonly latencyMicroseconds: number;
}

/** The same without what it is counted under. */
export type CountedCall = Omit<Counted, 'code'>;

const DENIED: ReadonlySet<number> = new Set([401, 403, 429]);

export const isDenied = (status: number): boolean => DENIED.has(status);
export const isError = (status: number): boolean => status >= 400 && !isDenied(status);

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

  count({ status, latencyMicroseconds }: CountedCall, calls: number): void {
    this.calls += calls;
    if (isError(status)) this.errors += calls;
    if (isDenied(status)) this.denied += calls;
    this.latencies.add(latencyMicroseconds, calls);
  }

  merge({ calls, errors, denied, latencies }: Tally): void {
    this.calls += calls;
    this.errors += errors;
    this.denied += denied;
    this.latencies.merge(latencies);
  }
}

/** How long a process may go by what it remembers after it last asked the database whether that is still true. */
export const LEASE_MS = 500;
/** What clocks of two processes may differ by over the length of a lease, and more. */
export const MARGIN_MS = 50;
/** The two clocks of one process go as one, unless the machine stood still or somebody set the time. */
const MOST_DRIFT_MS = 20;

/** A moment by two clocks: one that nobody sets, and one that runs on while the machine is suspended. */
export interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

export interface Clocks {
  now(): Moment;
}

export const clocks: Clocks = { now: () => ({ steadyMs: performance.now(), wallMs: Date.now() }) };

export const earlier = (a: Moment, b: Moment): Moment => (a.steadyMs < b.steadyMs ? a : b);

/** The right to go by memory, from before the question was sent. A jump of a clock ends it. */
export class Lease {
  private from: Moment | undefined;

  constructor(private readonly source: Clocks = clocks) {}

  renew(from: Moment): void {
    this.from = from;
  }

  end(): void {
    this.from = undefined;
  }

  isLive(): boolean {
    const { from } = this;
    if (!from) return false;
    const now = this.source.now();
    const steadyMs = now.steadyMs - from.steadyMs;
    const driftMs = now.wallMs - from.wallMs - steadyMs;
    return steadyMs < LEASE_MS && Math.abs(driftMs) < MOST_DRIFT_MS;
  }
}

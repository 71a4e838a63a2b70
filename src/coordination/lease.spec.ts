import { Lease, LEASE_MS, type Moment } from './lease';

/** Two clocks that a test moves, together or apart. */
class TestClocks {
  private moment: Moment = { steadyMs: 1_000, wallMs: 1_768_000_000_000 };

  now(): Moment {
    return this.moment;
  }

  pass(ms: number): void {
    this.moment = { steadyMs: this.moment.steadyMs + ms, wallMs: this.moment.wallMs + ms };
  }

  /** The machine stands still: only the wall clock runs on. */
  suspend(ms: number): void {
    this.moment = { ...this.moment, wallMs: this.moment.wallMs + ms };
  }
}

describe('a lease', () => {
  const held = (): { clocks: TestClocks; lease: Lease } => {
    const clocks = new TestClocks();
    const lease = new Lease(clocks);
    lease.renew(clocks.now());
    return { clocks, lease };
  };

  it('is not there before it is first renewed', () => {
    expect(new Lease(new TestClocks()).isLive()).toBe(false);
  });

  it('lasts for its term, counted from before the question was sent', () => {
    const { clocks, lease } = held();
    const asked = clocks.now();
    clocks.pass(LEASE_MS - 1);
    expect(lease.isLive()).toBe(true);
    lease.renew(asked);
    clocks.pass(1);
    expect(lease.isLive()).toBe(false);
  });

  it('ends when it is ended, and may be renewed', () => {
    const { clocks, lease } = held();
    lease.end();
    expect(lease.isLive()).toBe(false);
    lease.renew(clocks.now());
    expect(lease.isLive()).toBe(true);
  });

  it.each([100, 60_000, -60_000])('ends when the wall clock jumps by %i ms: the machine stood still, or somebody set the time', (ms) => {
    const { clocks, lease } = held();
    clocks.suspend(ms);
    expect(lease.isLive()).toBe(false);
    lease.renew(clocks.now());
    expect(lease.isLive()).toBe(true);
  });
});

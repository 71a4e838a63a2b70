import { Logger } from '@nestjs/common';

import type { Clock } from '../common';
import type { EpochStore, Position } from './epoch-store';
import { type Clocks, clocks, earlier, type Lease, type Moment } from './lease';

/** How long what others change may stay unknown here, where nobody tells. */
const POLL_MS = 50;
const PAUSE_AFTER_FAILURE_MS = 250;
/** How often the lease is renewed, well before it runs out. */
const RENEW_MS = 150;
const LOOK_ROUND_MS = 1_000;
const SWEEP_MS = 60_000;

/** What the watch does to the replica it watches for. */
export interface Watched {
  readonly id: string;
  readonly name: string;
  forget(organizationIds: ReadonlyArray<string | null>): void;
  /** Whether an epoch was raised here, where it has been forgotten already. */
  isOwn(epoch: number): boolean;
  /** Everything up to there has been forgotten. */
  hasSeen(epoch: number): void;
  /** Looks at the other replicas. */
  lookRound(): Promise<void>;
}

/**
 * Asks the database, twenty times a second or when woken, whether anything has changed, forgets that, says so, and renews the lease.
 * The lease counts from before the questions were sent, so that an answer that took its time gives less.
 */
export class EpochWatch {
  private readonly logger = new Logger('Replicas');
  private seen: Position = { epoch: 0, mark: '' };
  private renewedFrom: Moment | undefined;
  private lookedAt = -Infinity;
  private sweptAt = 0;
  private isRunning = false;
  private isWoken = false;
  private isAway = false;
  private wakeUp: () => void = () => undefined;
  private end: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: EpochStore,
    private readonly lease: Lease,
    private readonly watched: Watched,
    private readonly clock: Clock,
    private readonly source: Clocks = clocks,
  ) {}

  /** The epoch up to which everything has been forgotten here. */
  get epoch(): number {
    return this.seen.epoch;
  }

  start(): void {
    this.isRunning = true;
    this.sweptAt = this.source.now().steadyMs;
    this.end = this.run();
  }

  /** Ends the lease; others need not wait for this replica any more. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.wake();
    await this.end;
    this.lease.end();
    // Without it the others wait for the end of the lease.
    await this.store.release(this.watched.id).catch(() => undefined);
  }

  /** Something may have changed: asks at once. */
  wake(): void {
    this.isWoken = true;
    this.wakeUp();
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      this.isWoken = false;
      try {
        await this.turn();
        if (this.isAway) this.logger.log('The database answers again: memory may be used');
        this.isAway = false;
      } catch (error) {
        this.renewedFrom = undefined;
        if (!this.isAway)
          this.logger.warn(`The database cannot be asked what has changed; memory is not used until it can: ${String(error)}`);
        this.isAway = true;
      }
      if (!this.isWoken) await this.pause();
    }
  }

  private async turn(): Promise<void> {
    if (!this.renewedFrom) await this.register();
    const askedAt = this.source.now();
    const isNews = await this.readOn();
    const { steadyMs } = this.source.now();
    if (isNews || steadyMs - this.renewedFrom!.steadyMs >= RENEW_MS) await this.renew();
    if (this.renewedFrom) this.lease.renew(earlier(askedAt, this.renewedFrom));
    if (steadyMs - this.lookedAt >= LOOK_ROUND_MS) {
      this.lookedAt = steadyMs;
      await this.watched.lookRound();
    }
    if (steadyMs - this.sweptAt >= SWEEP_MS) {
      this.sweptAt = steadyMs;
      await this.store.sweep(this.seen, this.clock.now());
    }
  }

  private async register(): Promise<void> {
    this.lease.end();
    const from = this.source.now();
    await this.store.register(this.watched.id, this.watched.name, this.seen.epoch, this.clock.now());
    this.renewedFrom = from;
  }

  private async renew(): Promise<void> {
    const from = this.source.now();
    const isRenewed = await this.store.renew(this.watched.id, this.seen.epoch, this.clock.now());
    this.renewedFrom = isRenewed ? from : undefined;
    if (isRenewed) return;
    this.lease.end();
    this.isWoken = true;
  }

  /** @returns whether anything has changed */
  private async readOn(): Promise<boolean> {
    const now = await this.store.read();
    if (now.epoch === this.seen.epoch && now.mark === this.seen.mark) return false;
    const changes = now.epoch >= this.seen.epoch ? await this.store.changes(this.seen, now) : undefined;
    if (changes) this.forget(changes);
    else this.watched.forget([null]);
    this.seen = now;
    this.watched.hasSeen(now.epoch);
    return true;
  }

  private forget(changes: ReadonlyMap<number, ReadonlyArray<string | null>>): void {
    const gone = new Set([...changes].flatMap(([epoch, ids]) => (this.watched.isOwn(epoch) ? [] : ids)));
    if (gone.size > 0) this.watched.forget(gone.has(null) ? [null] : [...gone]);
  }

  private async pause(): Promise<void> {
    if (!this.isRunning) return;
    await new Promise<void>((resolve) => {
      // It keeps no process alive that has nothing else to do.
      const timer = setTimeout(resolve, this.isAway ? PAUSE_AFTER_FAILURE_MS : POLL_MS).unref();
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

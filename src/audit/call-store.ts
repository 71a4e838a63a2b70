import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { asProblem, inTransaction } from '../persistence';
import { CallLog } from './call-log.entity';
import type { CallSink, FinishedCall } from './call-recorder';
import { rowOf, termsOf } from './call-row';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { insertNew } from './insert-new';

/** Hears of calls once their rows are stored. What it throws is logged and costs no row. */
export interface CallObserver {
  callsStored(calls: readonly FinishedCall[]): Promise<void> | void;
}

export const CALL_OBSERVERS = Symbol('keystile:call-observers');

/** Calls that arrive together are stored together. */
const GATHER_MS = 50;
const BATCH = 500;
/** Beyond this many waiting calls the oldest are given up, loudly. */
const MOST_WAITING = 50_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const SHUTDOWN_ATTEMPTS = 5;

interface Batch {
  /** How many calls had come before. */
  readonly first: number;
  readonly calls: FinishedCall[];
}

/**
 * Stores finished calls outside the request: a bounded queue in memory, written in batches that may be repeated without harm.
 * While the database cannot be written the queue waits and tries again.
 */
@Injectable()
export class CallStore implements CallSink, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('CallLog');
  private readonly queue: Batch[] = [];
  private inFlight: Batch | undefined;
  private storing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private draining = false;
  private failures = 0;
  private appended = 0;
  private waiting = 0;
  private givenUp = 0;
  private storedUntil: Date;

  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly terms: CallTerms,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(CALL_OBSERVERS) private readonly observers: readonly CallObserver[] = [],
  ) {
    this.storedUntil = clock.now();
  }

  /** How many calls wait to be stored. */
  get pending(): number {
    return this.waiting;
  }

  /** How many calls were given up since the start, because the database could not be written for too long. */
  get dropped(): number {
    return this.givenUp;
  }

  /** Every call that was answered here before this moment is stored. */
  get completeUntil(): Date {
    return this.storedUntil;
  }

  append(call: FinishedCall): void {
    const last = this.queue.at(-1);
    if (last && last.calls.length < BATCH) last.calls.push(call);
    else this.queue.push({ first: this.appended, calls: [call] });
    this.appended += 1;
    this.waiting += 1;
    if (this.waiting > MOST_WAITING) this.giveUpOldest();
    this.wakeIn(this.isFull ? 0 : GATHER_MS);
  }

  /**
   * Waits until everything appended before is stored and observed: whoever reads after it sees what was answered before it.
   * @throws Problem `unavailable` where the database cannot be written now; the calls wait on
   */
  async flush(): Promise<void> {
    const now = this.clock.now();
    const end = this.appended;
    while (this.oldest < end) await this.storeNext();
    if (this.storedUntil < now) this.storedUntil = now;
  }

  /** While the database is still there for sure. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }

  /** What was answered while the server closed. */
  async onApplicationShutdown(): Promise<void> {
    for (let attempt = 1; this.waiting > 0 && attempt <= SHUTDOWN_ATTEMPTS; attempt++) {
      if (attempt > 1) await sleep(this.retryMs);
      await this.flush().catch(() => undefined);
    }
    clearTimeout(this.timer);
    if (this.waiting > 0) this.logger.error(`${this.waiting} calls could not be stored before the process ended`);
  }

  /** The place of the oldest call that is not stored. */
  private get oldest(): number {
    return (this.inFlight ?? this.queue[0])?.first ?? this.appended;
  }

  private get isFull(): boolean {
    return this.queue.length > 1 || this.queue[0]?.calls.length === BATCH;
  }

  private get retryMs(): number {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
  }

  private wakeIn(milliseconds: number): void {
    if (this.draining) return;
    if (milliseconds === 0 && this.failures === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.draining = true;
      setImmediate(() => void this.drain());
    } else {
      this.timer ??= setTimeout(() => void this.drain(), milliseconds).unref();
    }
  }

  /** Stores full batches one after the other; the rest gathers on. */
  private async drain(): Promise<void> {
    this.timer = undefined;
    this.draining = true;
    try {
      do await this.storeNext();
      while (this.isFull);
    } catch {
      // `store` has said so; the calls are back in the queue.
    } finally {
      this.draining = false;
      if (this.queue.length > 0) this.wakeIn(this.failures > 0 ? this.retryMs : GATHER_MS);
    }
  }

  private storeNext(): Promise<void> {
    this.storing ??= this.store().finally(() => {
      this.storing = undefined;
    });
    return this.storing;
  }

  private async store(): Promise<void> {
    const batch = this.queue.shift();
    if (!batch) return;
    this.inFlight = batch;
    try {
      await this.write(batch.calls);
      this.failures = 0;
      this.waiting -= batch.calls.length;
      await this.tellObservers(batch.calls);
    } catch (error) {
      this.failures += 1;
      this.queue.unshift(batch);
      this.logger.warn(`Storing ${batch.calls.length} calls failed, ${this.waiting} are waiting: ${reasonOf(error)}`);
      throw asProblem(error);
    } finally {
      this.inFlight = undefined;
    }
  }

  private async write(calls: readonly FinishedCall[]): Promise<void> {
    const numbers = await this.terms.intern(calls.flatMap(termsOf));
    const rows = calls.map((call) => rowOf(call, numbers));
    await inTransaction(this.database, (manager) => insertNew(manager, CallLog, rows));
  }

  private async tellObservers(calls: readonly FinishedCall[]): Promise<void> {
    for (const observer of this.observers) {
      try {
        await observer.callsStored(calls);
      } catch (error) {
        this.logger.error(`${observer.constructor.name} failed on ${calls.length} calls`, error instanceof Error ? error.stack : error);
      }
    }
  }

  private giveUpOldest(): void {
    const batch = this.queue.shift();
    if (!batch) return;
    this.waiting -= batch.calls.length;
    this.givenUp += batch.calls.length;
    this.logger.error(
      `The call log cannot be written: the oldest ${batch.calls.length} waiting calls were given up, ${this.givenUp} since the start`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

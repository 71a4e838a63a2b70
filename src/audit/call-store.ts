import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { DataSource, IsNull, LessThan, Not } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { asProblem } from '../persistence';
import type { StoredBatch } from './call-drain';
import type { RetentionPlan } from './call-pruner';
import type { CallSink, CallSoFar, FinishedCall, Kept } from './finished-call';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { CallWatermark } from './call-watermark.entity';
import { type CallWriter, InlineWriter, isLost } from './call-writer';
import { Journal, type JournalOptions, replicaName } from './journal';
import { LeftBehind } from './left-behind';
import { RefusalFold } from './refusal-fold';
import type { StoredCall } from './stored-call';
import { WorkerWriter } from './worker-writer';

/**
 * Hears of calls once their rows are stored; of a call twice where a process was killed before it could note that it was told. What it throws
 * is logged and costs no row.
 */
export interface CallObserver {
  callsStored(calls: readonly StoredCall[]): Promise<void> | void;
}

export const CALL_OBSERVERS = Symbol('keystile:call-observers');
export const JOURNAL_OPTIONS = Symbol('keystile:journal-options');

/** What was answered before that moment has no record after this one. */
interface Milestone {
  readonly sequence: number;
  readonly at: Date;
}

/** Calls that arrive together are stored together. */
const GATHER_MS = 200;
/** From so many on, they are stored at once. */
const FULL = 1_000;
/** Of a backlog, so many calls are told of in one turn of the event loop. */
const TOLD_AT_ONCE = 2_000;
const FIRST_RETRY_MS = 100;
/** While the database is away, trying costs nothing: what asks it is told so at once. */
const LONGEST_RETRY_MS = 1_000;
const SHUTDOWN_ATTEMPTS = 5;
/** How long a read waits for what a dead process left. */
const LONGEST_WAIT_MS = 3_000;
/** How often replicas say that they live, and look for those that do not. */
const HEARTBEAT_MS = 1_000;
const LOOK_MS = 30_000;
/** How often hours and days of usage are looked for that are over, and how long after the start for the first time. */
const SETTLE_MS = 60_000;
const FIRST_SETTLE_MS = 5_000;

/**
 * Keeps finished calls: first in the journal, so that their answers may leave, and a moment later in the call log. However long the
 * database cannot be written, the journal holds them, and memory does not grow.
 */
@Injectable()
export class CallStore implements CallSink, OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('CallLog');
  private readonly journal: Journal;
  private readonly writer: CallWriter;
  private readonly leftBehind: LeftBehind;
  private readonly refusals = new RefusalFold();
  private storing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heart: NodeJS.Timeout | undefined;
  private draining = false;
  private isClosed = false;
  private nothingLeftBehind = false;
  private isSettlementDue = false;
  /** Whether it has a watermark before there is anything to be stored. */
  private isKnown = false;
  private failures = 0;
  private drained = 0;
  /** The newest record of this start that is stored and observed. */
  private told = 0;
  private missing = 0;
  private refusedCalls = 0;
  /** No call that waits to be stored has a smaller id. */
  private firstPending = Infinity;
  /** The same of those that came while the others were being stored. */
  private firstSince = Infinity;
  private storedUntil: Date;
  private milestone: Milestone | undefined;
  private othersStoredUntil: Date | undefined;

  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    terms: CallTerms,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOURNAL_OPTIONS) options: JournalOptions,
    @Optional() @Inject(CALL_OBSERVERS) private readonly observers: readonly CallObserver[] = [],
  ) {
    const now = (): Date => clock.now();
    this.storedUntil = now();
    this.journal = new Journal(options, (words) => this.logger.error(words), now());
    const { dir, replica, worker } = options;
    const warn = (words: string): void => this.logger.warn(words);
    this.writer = worker
      ? new WorkerWriter({ ...worker, dir, now, warn })
      : new InlineWriter({ database, terms, now, warn, folderOf: (run) => join(dir, run) });
    this.leftBehind = new LeftBehind(this.writer, now, warn, dir, replicaName(replica), this.journal.run, this.isAlone);
  }

  /** The name of this start in the journal. */
  get run(): string {
    return this.journal.run;
  }

  /** How many calls wait to be stored. */
  get pending(): number {
    return this.journal.sequence - this.drained;
  }

  /** How large the journal is. */
  get journalBytes(): number {
    return this.journal.bytes;
  }

  /** The number of the newest record of this start. */
  get lastSequence(): number {
    return this.journal.sequence;
  }

  /** How many calls were refused since the start, because their rows could not have been kept. */
  get refused(): number {
    return this.refusedCalls;
  }

  /** Every call that was answered before this moment is stored, but for those that are missing for good, see `Completeness`. */
  get completeUntil(): Date {
    const others = this.othersStoredUntil;
    return others && others < this.storedUntil ? others : this.storedUntil;
  }

  /** Whether what another start has not stored may still come, so that `completeUntil` waits for it. */
  waitsFor(other: Pick<CallWatermark, 'run' | 'aliveAt'>): boolean {
    return this.leftBehind.holds(other.run) || (!this.isAlone && !isLost(other, this.clock.now()));
  }

  get isRefusing(): boolean {
    return this.journal.isRefusing;
  }

  countRefused(): void {
    this.refusedCalls += 1;
  }

  async onModuleInit(): Promise<void> {
    this.journal.open();
    await this.leftBehind.look();
    // Before anything is answered, or the others would not know that there is somebody to wait for. While the database takes no writes, calls
    // are answered all the same, and it is tried again with each beat.
    await this.makeKnown().catch((error: unknown) => this.logger.warn(`Other replicas do not know of this start yet: ${reasonOf(error)}`));
    this.wakeIn(0);
    this.heart = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  private async makeKnown(): Promise<void> {
    if (this.isAlone || this.isKnown) return;
    await this.writer.mark(this.run);
    this.isKnown = true;
  }

  append(call: FinishedCall, kept?: Kept): void {
    if (this.isClosed) return;
    const first = this.refusals.firstOf(call);
    this.expect(first ?? call);
    if (first) this.journal.append(first, 'more', kept);
    else this.journal.append(call, 'whole', kept);
    this.wakeIn(this.pending >= FULL ? 0 : GATHER_MS);
  }

  begin(call: FinishedCall): boolean {
    if (this.isClosed) return false;
    this.expect(call);
    return this.journal.appendNow(call);
  }

  complete(call: FinishedCall, before: CallSoFar, kept?: Kept): void {
    if (this.isClosed) return;
    this.expect(call);
    this.journal.append(call, before, kept);
    this.wakeIn(GATHER_MS);
  }

  /**
   * Waits until everything answered before is stored and observed: whoever reads after it sees what was answered before it.
   * @param end calls from this id on are not asked about: who asks about yesterday waits for nothing of today
   * @throws Problem `unavailable` where the database cannot be written now; the calls wait on
   */
  async flush(end = Infinity): Promise<void> {
    if (this.nothingLeftBehind && this.firstPending >= end) {
      await this.askOthers();
      return;
    }
    const now = this.clock.now();
    this.journal.flush();
    const { written } = this.journal;
    const deadline = performance.now() + LONGEST_WAIT_MS;
    while (!this.nothingLeftBehind && performance.now() < deadline) await this.storeNext();
    while (this.told < written) await this.storeNext();
    if (this.storedUntil < now) this.storedUntil = now;
    await this.askOthers();
  }

  /** While the database is still there for sure. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flush().catch(() => undefined);
  }

  /** What was answered while the server closed. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.heart);
    this.journal.flush();
    for (let attempt = 1; this.pending > 0 && attempt <= SHUTDOWN_ATTEMPTS; attempt++) {
      if (attempt > 1) await sleep(this.retryMs);
      await this.flush().catch(() => undefined);
    }
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.storing?.catch(() => undefined);
    const isStored = this.pending === 0;
    if (isStored && (this.drained > 0 || this.isKnown)) await this.writer.finish(this.run, null).catch(() => undefined);
    await this.writer.close();
    if (!isStored) this.logger.warn(`${this.pending} calls are in the journal; the next start stores them`);
    this.leftBehind.close();
    // The next start sets aside what is damaged.
    this.journal.close(isStored && this.missing === 0);
  }

  /** Adds up hours and days of usage that are over, so that reports of weeks need not. */
  async settle(): Promise<void> {
    this.isSettlementDue = true;
    while (this.isSettlementDue) await this.storeNext();
  }

  /** Deletes what is old, see `CallPruner`. */
  prune(plan: RetentionPlan): Promise<boolean> {
    return this.writer.prune(plan);
  }

  private expect({ id }: FinishedCall): void {
    if (id < this.firstPending) this.firstPending = id;
    if (id < this.firstSince) this.firstSince = id;
  }

  private get retryMs(): number {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
  }

  private wakeIn(milliseconds: number): void {
    if (this.draining || this.isClosed) return;
    if (milliseconds === 0 && this.failures === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.draining = true;
      setImmediate(() => void this.drainAll());
    } else {
      this.timer ??= setTimeout(() => void this.drainAll(), milliseconds).unref();
    }
  }

  /** Stores full batches one after the other; the rest gathers on. */
  private async drainAll(): Promise<void> {
    this.timer = undefined;
    this.draining = true;
    try {
      do await this.storeNext();
      while (!this.isClosed && (!this.nothingLeftBehind || this.journal.written - this.drained >= FULL));
    } catch {
      // `store` has said so; the calls are in the journal.
    } finally {
      this.draining = false;
      if (this.pending > 0 || !this.nothingLeftBehind || this.isSettlementDue) this.wakeIn(this.failures > 0 ? this.retryMs : GATHER_MS);
    }
  }

  private storeNext(): Promise<void> {
    this.storing ??= this.store().finally(() => {
      this.storing = undefined;
    });
    return this.storing;
  }

  private async store(): Promise<void> {
    try {
      await this.storeSome();
      this.failures = 0;
      if (this.isSettlementDue) await this.settleNext();
    } catch (error) {
      this.failures += 1;
      this.logger.warn(`Storing calls failed, ${this.pending} are waiting: ${reasonOf(error)}`);
      throw asProblem(error);
    }
  }

  /** What a dead process left comes first. */
  private async storeSome(): Promise<void> {
    if (!this.nothingLeftBehind) {
      const batch = await this.leftBehind.storeNext();
      if (batch) return this.tellObservers(batch.calls);
      this.nothingLeftBehind = true;
    }
    this.journal.flush();
    const { sequence, written } = this.journal;
    if (this.drained >= written) return;
    this.firstSince = Infinity;
    const { calls, drained, missing, segment, isEnd }: StoredBatch = await this.writer.storeNext(this.run, this.drained);
    if (isEnd && drained === this.drained) throw new Error(`The journal ends before record ${written}`);
    if (missing > this.missing)
      this.logger.warn(`The journal is damaged: ${missing - this.missing} of its records are missing from the call log`);
    [this.drained, this.missing] = [drained, missing];
    // Who is killed in between leaves it for the next start to tell.
    await this.tellObservers(calls);
    this.told = drained;
    if (drained >= sequence) this.firstPending = this.firstSince;
    this.journal.discardBefore(segment);
  }

  /** Reports are right without it, and only slower: calls are not held up where it fails. */
  private async settleNext(): Promise<void> {
    this.isSettlementDue = false;
    try {
      this.isSettlementDue = await this.writer.settle(this.run);
    } catch (error) {
      this.logger.warn(`Usage was not added up: ${reasonOf(error)}`);
    }
  }

  private async tellObservers(calls: readonly StoredCall[]): Promise<void> {
    for (let i = 0; i < calls.length; i += TOLD_AT_ONCE) {
      if (i > 0) await nextTurn();
      const some = calls.slice(i, i + TOLD_AT_ONCE);
      for (const observer of this.observers) {
        try {
          await observer.callsStored(some);
        } catch (error) {
          this.logger.error(`${observer.constructor.name} failed on ${some.length} calls`, error instanceof Error ? error.stack : error);
        }
      }
    }
  }

  private beats = 0;

  /** Where there may be other replicas, they are told how far this one is. */
  private async beat(): Promise<void> {
    const now = this.clock.now();
    this.noteProgress(now);
    try {
      this.beats += 1;
      if (this.beats % (LOOK_MS / HEARTBEAT_MS) === 0) {
        await this.leftBehind.look();
        this.nothingLeftBehind = false;
        this.wakeIn(GATHER_MS);
      }
      if ((this.beats * HEARTBEAT_MS) % SETTLE_MS === FIRST_SETTLE_MS) {
        this.isSettlementDue = true;
        this.wakeIn(GATHER_MS);
      }
      if (this.isAlone) return;
      await this.makeKnown();
      const alive = { aliveAt: now, completeUntil: this.storedUntil, lastSequence: this.journal.kept };
      const { affected } = await this.database.manager.update(CallWatermark, { run: this.run, finishedAt: IsNull() }, alive);
      if (affected === 0 && !this.isClosed && (await this.isTakenOver())) await this.giveUp();
    } catch (error) {
      this.logger.warn(`The replica could not say that it lives: ${reasonOf(error)}`);
    }
  }

  /** Where the database was set back, say, there is no watermark any more, and the next rows make one. */
  private isTakenOver(): Promise<boolean> {
    return this.database.manager.existsBy(CallWatermark, { run: this.run, finishedAt: Not(IsNull()) });
  }

  /**
   * Somebody has taken this process for dead, stored what it had left and taken that away: where locks do not work, a silence of half a
   * minute is all that others see. What it answered since is lost, and said to be.
   */
  private async giveUp(): Promise<void> {
    clearInterval(this.heart);
    this.journal.giveUp('another process has taken it over');
    const last = this.journal.sequence;
    const lost = { missing: () => `missing + ${last} - CASE WHEN last_sequence > drained THEN last_sequence ELSE drained END` };
    // The older value is asked for first: MySQL sets one column after the other.
    await this.database.manager.update(CallWatermark, { run: this.run, lastSequence: LessThan(last), drained: LessThan(last) }, lost);
    await this.database.manager.update(CallWatermark, { run: this.run, lastSequence: LessThan(last) }, { lastSequence: last });
  }

  /** However busy it is: what was answered before a beat is stored a few beats later. */
  private noteProgress(now: Date): void {
    const isPassed = ({ sequence }: Milestone): boolean => this.nothingLeftBehind && this.drained >= sequence;
    if (this.milestone && !isPassed(this.milestone)) return;
    const next: Milestone = { sequence: this.journal.sequence, at: now };
    const passed = isPassed(next) ? next : this.milestone;
    if (passed && this.storedUntil < passed.at) this.storedUntil = passed.at;
    this.milestone = next;
  }

  /** An embedded database is served by one process. */
  private get isAlone(): boolean {
    return this.database.options.type === 'better-sqlite3';
  }

  private async askOthers(): Promise<void> {
    const isAllStored = this.nothingLeftBehind && !this.leftBehind.hasPutOff;
    this.othersStoredUntil = this.isAlone && isAllStored ? undefined : await this.leastOfOthers();
  }

  private async leastOfOthers(): Promise<Date | undefined> {
    const others = await this.database.manager.find(CallWatermark, {
      select: { number: true, run: true, aliveAt: true, completeUntil: true },
      where: { finishedAt: IsNull(), run: Not(this.run) },
    });
    const [least] = others
      .filter((mark) => this.waitsFor(mark))
      .map(({ completeUntil }) => completeUntil)
      .toSorted((a, b) => a.getTime() - b.getTime());
    return least;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

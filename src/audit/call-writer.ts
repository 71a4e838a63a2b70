import { type DataSource, IsNull, LessThan, Not } from 'typeorm';

import { CallDrain, type StoredBatch } from './call-drain';
import { CallPruner, type RetentionPlan } from './call-pruner';
import type { CallTerms } from './call-terms';
import { CallWatermark } from './call-watermark.entity';
import { FOREVER } from './usage-settlement';

/** After that silence a replica whose journal nobody has found counts as lost. */
export const LOST_MS = 24 * 3_600_000;

export const isLost = ({ aliveAt }: Pick<CallWatermark, 'aliveAt'>, now: Date): boolean => now.getTime() - aliveAt.getTime() >= LOST_MS;

/** Where a start of a replica stands. */
export type RunMark = Pick<CallWatermark, 'number' | 'replica' | 'aliveAt' | 'drained'>;

/** Writes the call database: here (`InlineWriter`), or in a thread of its own (`WorkerWriter`), which then is its only writer. */
export interface CallWriter {
  /** Stores the next records of a start, see `CallDrain`. */
  storeNext(run: string, told: number): Promise<StoredBatch>;
  /** Where a start stands, written down for the first time if need be. */
  mark(run: string): Promise<RunMark>;
  /** Says that nothing more will come from a start. @returns how many of its records are missing */
  finish(run: string, adoptedBy: string | null): Promise<number>;
  /** Takes over what a silent replica has left. @returns whether nobody else has, and it has not said meanwhile that it lives */
  claim(mark: RunMark, adopter: string): Promise<boolean>;
  /** Adds up hours and days of usage that are over, of this start and of those that have ended. @returns whether there is more to do */
  settle(run: string): Promise<boolean>;
  /** Deletes what is old. @returns whether it was done here: `false` where somebody has within the hour */
  prune(plan: RetentionPlan): Promise<boolean>;
  close(): Promise<void>;
}

/** How a writer is told of the journal, and tells. */
export interface WriterParts {
  readonly database: DataSource;
  readonly terms: CallTerms;
  readonly now: () => Date;
  readonly warn: (words: string) => void;
  readonly folderOf: (run: string) => string;
  /** How many records are stored at once. Default: few enough that whoever shares the thread hardly notices. */
  readonly batch?: number;
}

export class InlineWriter implements CallWriter {
  private readonly drains = new Map<string, CallDrain>();

  constructor(private readonly parts: WriterParts) {}

  storeNext(run: string, told: number): ReturnType<CallDrain['storeNext']> {
    return this.drainOf(run).storeNext(told);
  }

  mark(run: string): Promise<RunMark> {
    return this.drainOf(run).readMark();
  }

  async finish(run: string, adoptedBy: string | null): Promise<number> {
    const drain = this.drainOf(run);
    const missing = await drain.finish(adoptedBy);
    await drain.rest();
    this.drains.delete(run);
    return missing;
  }

  async claim({ number, aliveAt }: RunMark, adopter: string): Promise<boolean> {
    const claim = { adoptedBy: adopter, aliveAt: this.parts.now() };
    const { affected } = await this.parts.database.manager.update(CallWatermark, { number, aliveAt }, claim);
    return affected === 1;
  }

  async settle(run: string): Promise<boolean> {
    if (await this.drainOf(run).settle(false)) return true;
    const left = await this.unsettled(run);
    return left !== undefined && (await this.drainFor(left).settle(true));
  }

  prune(plan: RetentionPlan): Promise<boolean> {
    const { database, now, warn } = this.parts;
    return new CallPruner(database, now, warn).prune(plan);
  }

  async close(): Promise<void> {
    await Promise.all([...this.drains.values()].map((drain) => drain.rest()));
  }

  /** A start that has ended, or that nobody has heard of for long, whose hours or days are not all settled. */
  private async unsettled(run: string): Promise<string | undefined> {
    const ends = [{ finishedAt: Not(IsNull()) }, { aliveAt: LessThan(new Date(this.parts.now().getTime() - LOST_MS)) }];
    const unsettled = [LessThan(FOREVER), IsNull()];
    const where = ends.flatMap((end) =>
      unsettled.flatMap((until) => [
        { ...end, run: Not(run), hoursUntil: until },
        { ...end, run: Not(run), daysUntil: until },
      ]),
    );
    const left = await this.parts.database.manager.findOne(CallWatermark, { select: { number: true, run: true }, where });
    return left?.run;
  }

  private drainOf(run: string): CallDrain {
    const drain = this.drains.get(run) ?? this.drainFor(run);
    this.drains.set(run, drain);
    return drain;
  }

  private drainFor(run: string): CallDrain {
    const { database, terms, now, folderOf, batch } = this.parts;
    return new CallDrain(database, terms, now, run, folderOf(run), batch);
  }
}

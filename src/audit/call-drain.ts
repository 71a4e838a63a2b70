import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';

import { inTransaction, isDuplicate } from '../persistence';
import { CallLog } from './call-log.entity';
import type { FinishedCall } from './finished-call';
import type { CallChange } from './call-change';
import { callTime } from './call-id';
import { type CallRow, rowOf, termsOf } from './call-row';
import type { CallTerms } from './call-terms';
import { CallWatermark } from './call-watermark.entity';
import { insertNew } from './insert-new';
import { type JournalPlace, journalStart, type JournalStretch, readJournal } from './journal-reader';
import type { JournalRecord } from './journal-record';
import type { StoredCall } from './stored-call';
import { UsageRollUps } from './usage-roll-ups';
import { nextSettlement, reopened, settle, unsettledFrom } from './usage-settlement';
import { quarterOf } from './usage-spans';

/** What one step has stored. */
export interface StoredBatch {
  /** The calls that are over, and that this was not said of before. */
  readonly calls: readonly StoredCall[];
  /** The number of the newest record that is stored, and told with this batch or before. */
  readonly drained: number;
  /** How many records of the start have turned out to be missing so far. */
  readonly missing: number;
  /** Segments before this one are not needed any more. */
  readonly segment: number;
  readonly isEnd: boolean;
}

/** Few enough that whoever shares the thread hardly notices. */
const BATCH = 1_000;
const READ_AT_ONCE = 250;

/** Records, and the rows that they become. */
interface ReadyBatch extends JournalStretch {
  readonly at: JournalPlace;
  readonly changes: readonly CallChange[];
}

/** Somebody else has stored from the same journal. Look again where it stands. */
class WatermarkMoved extends Error {}

/**
 * Moves the journal of one start into the call log. Rows and watermark move in one transaction, the watermark only from where
 * it was read: however many processes drain one journal, and wherever they are killed, each record is stored once.
 */
export class CallDrain {
  private place: JournalPlace | undefined;
  private mark: CallWatermark | undefined;
  private rollUps: UsageRollUps | undefined;
  /** The newest record that was read, and whether something came after it that cannot be. */
  private newest = 0;
  private isCut = false;
  /** What could not be stored yet: however often that is tried, it is read once. */
  private current: ReadyBatch | undefined;
  /** The batch after it, which is made ready while the database is at work. */
  private ahead: Promise<ReadyBatch> | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly terms: CallTerms,
    private readonly now: () => Date,
    readonly run: string,
    private readonly folder: string,
    private readonly batch: number = BATCH,
  ) {}

  /**
   * Stores the next records, at most a batch.
   * @param told the newest record that this was said of before: what was stored without that being said is told now
   * @throws Problem `unavailable` where the database cannot be written; whatever else it says. Nothing is stored then, or it is told next time
   */
  async storeNext(told: number): Promise<StoredBatch & { readonly calls: readonly FinishedCall[] }> {
    const mark = (this.mark ??= await this.readMark());
    const place = (this.place ??= journalStart(this.folder));
    if (!place) return { calls: [], drained: mark.drained, missing: mark.missing, segment: 0, isEnd: true };
    const { records, changes, next, isEnd, isDamaged } = (this.current ??= await this.readyAt(place));
    if (records.length === this.batch && !this.ahead) this.prepareAhead(next);
    const isFresh = (_: unknown, i: number): boolean => records[i]!.sequence > mark.drained;
    const fresh = records.filter(isFresh);
    if (fresh.length > 0) await this.store(mark, fresh, changes.filter(isFresh));
    [this.place, this.current] = [next, undefined];
    this.isCut = isDamaged || (this.isCut && records.length === 0);
    this.newest = records.at(-1)?.sequence ?? this.newest;
    if (isEnd && this.isCut) await this.noteRecord(this.newest + 1);
    const news = records.filter(({ sequence }) => sequence > told);
    // What another thread has stored further on is not told yet.
    const drained = isEnd ? this.mark.drained : Math.min(this.mark.drained, Math.max(told, this.newest));
    return { calls: news.flatMap(endedBy), drained, missing: this.mark.missing, segment: next.segment, isEnd };
  }

  /**
   * Says that nothing more will come from this start: what it is known to have written, and is not stored, is missing.
   * @returns how many of its records are
   */
  async finish(adoptedBy: string | null): Promise<number> {
    const { number, drained } = (this.mark ??= await this.readMark());
    const now = this.now();
    await this.database.manager.update(
      CallWatermark,
      { number, drained, finishedAt: IsNull() },
      {
        finishedAt: now,
        completeUntil: now,
        missing: () => 'missing + CASE WHEN last_sequence > drained THEN last_sequence - drained ELSE 0 END',
        ...(adoptedBy === null ? {} : { adoptedBy }),
      },
    );
    this.mark = undefined;
    const { finishedAt, missing } = await this.readMark();
    if (finishedAt === null) throw new WatermarkMoved('Another process is storing the same journal');
    return missing;
  }

  /**
   * Adds up the next hours or days of usage, a day of them at most.
   * @param isOver nothing will come from this start any more
   * @returns whether there may be more to do
   */
  async settle(isOver: boolean): Promise<boolean> {
    const mark = (this.mark ??= await this.readMark());
    const next = await nextSettlement(this.database.manager, mark, this.now(), isOver);
    if (!next) return false;
    try {
      await inTransaction(this.database, async (manager) => {
        await this.move(manager, mark, next.moved);
        await settle(manager, mark.number, next);
      });
      this.mark = { ...mark, ...next.moved };
      return true;
    } catch (error) {
      this.mark = undefined;
      throw error;
    }
  }

  /** Where the watermark of this start stands; made if it is not there. */
  async readMark(): Promise<CallWatermark> {
    const found = await this.database.manager.findOneBy(CallWatermark, { run: this.run });
    if (found) return found;
    const now = this.now();
    const [replica, startedAt] = partsOf(this.run);
    const first = { run: this.run, replica, startedAt, aliveAt: now, completeUntil: startedAt, lastSequence: 0, drained: 0 };
    const counted = { calls: 0, missing: 0, ...unsettledFrom(startedAt) };
    try {
      await this.database.manager.insert(CallWatermark, { ...first, finishedAt: null, adoptedBy: null, ...counted });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    return this.database.manager.findOneByOrFail(CallWatermark, { run: this.run });
  }

  /** There was a record of this number, though it cannot be read. */
  private async noteRecord(sequence: number): Promise<void> {
    await this.database.manager.update(CallWatermark, { run: this.run, lastSequence: LessThan(sequence) }, { lastSequence: sequence });
  }

  /** Waits for what is made ready meanwhile. */
  async rest(): Promise<void> {
    await this.ahead?.catch(() => undefined);
  }

  /** Whoever made it ready ahead of time may have met the end, where there is more by now. */
  private async readyAt(place: JournalPlace): Promise<ReadyBatch> {
    const { ahead } = this;
    this.ahead = undefined;
    const ready = await ahead?.catch(() => undefined);
    return ready && ready.at === place && ready.records.length > 0 ? ready : this.ready(place, this.read(place));
  }

  private prepareAhead(place: JournalPlace): void {
    this.ahead = nextTurn().then(async () => this.ready(place, await this.readSlowly(place)));
    // Whoever asks for it reads again.
    this.ahead.catch(() => undefined);
  }

  private async ready(at: JournalPlace, stretch: JournalStretch): Promise<ReadyBatch> {
    const numbers = await this.terms.intern(termsOf(stretch.records.map(({ call }) => call)));
    return { ...stretch, at, changes: stretch.records.map(({ call, stage }) => ({ row: rowOf(call, numbers), stage })) };
  }

  /** As `read`, leaving turns of the event loop to what goes on meanwhile. */
  private async readSlowly(place: JournalPlace): Promise<JournalStretch> {
    let all = nothingAt(place);
    for (; all.records.length < this.batch && !all.isEnd; await nextTurn()) {
      all = joined(all, readJournal(this.folder, all.next, Math.min(READ_AT_ONCE, this.batch - all.records.length)));
    }
    return { ...all, isEnd: all.records.length === 0 };
  }

  /** Until a batch is full. */
  private read(place: JournalPlace): JournalStretch {
    let all = nothingAt(place);
    while (all.records.length < this.batch && !all.isEnd) {
      all = joined(all, readJournal(this.folder, all.next, this.batch - all.records.length));
    }
    return { ...all, isEnd: all.records.length === 0 };
  }

  private async store(mark: CallWatermark, records: readonly JournalRecord[], changes: readonly CallChange[]): Promise<void> {
    try {
      const rollUps = (this.rollUps ??= new UsageRollUps(mark.drained === 0));
      const { begun, ended, repeated } = rowsOf(changes);
      const counted = markAfter(mark, records, callsOf(begun) + callsOf(repeated), this.now());
      const moved = { ...counted, ...reopened(mark, firstQuarter(changes)) };
      let isAgain = false;
      await inTransaction(this.database, async (manager) => {
        if (isAgain) rollUps.forget();
        isAgain = true;
        await this.move(manager, mark, moved);
        await insertNew(manager, CallLog, begun);
        for (const row of ended) await endCall(manager, row);
        for (const row of repeated) await countMore(manager, row);
        await rollUps.add(manager, mark.number, changes);
      });
      this.mark = { ...mark, ...moved };
    } catch (error) {
      // Whether it was committed is only known once it is read again.
      this.mark = undefined;
      this.rollUps?.forget();
      throw error;
    }
  }

  /** From where it was read, and nowhere else: after that, nobody else writes what belongs to this start until the transaction is over. */
  private async move(manager: EntityManager, { number, drained }: CallWatermark, moved: Partial<CallWatermark>): Promise<void> {
    const { affected } = await manager.update(CallWatermark, { number, drained }, moved);
    if (affected !== 1) throw new WatermarkMoved('Another process is storing the same journal');
  }
}

const nothingAt = (next: JournalPlace): JournalStretch => ({ records: [], next, isEnd: false, isDamaged: false });

const joined = (one: JournalStretch, { records, next, isEnd, isDamaged }: JournalStretch): JournalStretch => ({
  records: [...one.records, ...records],
  next,
  isEnd,
  isDamaged: isDamaged || (one.isDamaged && records.length === 0),
});

/** New rows; rows that are there and whose calls are over now; rows that are there and stand for so many more calls. */
function rowsOf(changes: readonly CallChange[]): Record<'begun' | 'ended' | 'repeated', CallRow[]> {
  const begun = new Map<string, CallRow>();
  const ended: CallRow[] = [];
  const repeated = new Map<string, CallRow>();
  for (const { row, stage } of changes) {
    const name = `${row.id} ${row.tail}`;
    if (stage === 'more') {
      const rows = begun.has(name) ? begun : repeated;
      const known = rows.get(name);
      rows.set(name, known ? { ...known, calls: known.calls + row.calls } : row);
    } else if (typeof stage === 'string' || begun.has(name)) begun.set(name, row);
    else ended.push(row);
  }
  return { begun: [...begun.values()], ended, repeated: [...repeated.values()] };
}

const callsOf = (rows: readonly CallRow[]): number => rows.reduce((sum, { calls }) => sum + calls, 0);

async function endCall(manager: EntityManager, { id, tail, status, code, latencyMicroseconds, responseBytes }: CallRow): Promise<void> {
  await manager.update(CallLog, { id, tail }, { status, code, latencyMicroseconds, responseBytes });
}

/** Where the row is gone, because the database was set back, say, the calls get one that tells less of the first of them. */
async function countMore(manager: EntityManager, row: CallRow): Promise<void> {
  const { id, tail, calls } = row;
  const { affected } = await manager.increment(CallLog, { id, tail }, 'calls', calls);
  if (affected === 0) await insertNew(manager, CallLog, [row]);
}

function markAfter(mark: CallWatermark, records: readonly JournalRecord[], calls: number, now: Date): Partial<CallWatermark> {
  const drained = records.at(-1)!.sequence;
  return {
    drained,
    calls: mark.calls + calls,
    missing: mark.missing + (drained - mark.drained - records.length),
    aliveAt: now,
  };
}

const firstQuarter = (changes: readonly CallChange[]): number =>
  changes.reduce((first, { row }) => Math.min(first, quarterOf(callTime(row.id).getTime())), Infinity);

/** A streamed call is over with its second record. */
const endedBy = ({ call, stage }: JournalRecord): FinishedCall[] => (stage === 'begun' ? [] : [call]);

/** The replica, and when it started, from the name of a start. */
function partsOf(run: string): [replica: string, startedAt: Date] {
  const [, replica, time] = /^(.+)\.([0-9a-z]+)\.[0-9a-f]+$/.exec(run) ?? [];
  return [replica ?? run.slice(0, 40), new Date(Number.parseInt(time ?? '0', 36))];
}

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { type DataLock, lockDataDirectory } from '../persistence';
import type { FinishedCall, Kept } from './finished-call';
import { FrameWriter } from './journal-frame';
import { encodeRecord, type Stage } from './journal-record';
import type { WorkerOptions } from './worker-options';

export interface JournalOptions {
  /** Holds one folder per start. On a disk that outlives the process. */
  readonly dir: string;
  /** How large it may grow while the database cannot be written; then calls are refused. */
  readonly maxBytes: number;
  /** `process`: an answered call survives the end of the process. `fsync`: also that of the machine. */
  readonly sync: 'process' | 'fsync';
  /** The name of this replica in the completeness of the log. */
  readonly replica: string;
  /** Default: what is in it is stored by the thread that answers calls. */
  readonly worker?: WorkerOptions;
  /** How large a file of it gets before the next one is begun. Default: 8 MiB. */
  readonly segmentBytes?: number;
}

const SEGMENT_BYTES = 8 * 1024 * 1024;
const BALLAST_BYTES = 1024 * 1024;
/** How often a full disk is looked at again. */
const PROBE_MS = 200;
/** How long answers whose rows cannot be kept are held. */
const LONGEST_HOLD_MS = 10_000;

const LOCK = 'lock';
const BALLAST = 'ballast';

export const segmentName = (segment: number): string => `${String(segment).padStart(10, '0')}.journal`;

/** The numbers of the segments of a start, in order. */
export const segmentsIn = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap((name) => /^(\d{10})\.journal$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);

/** The name of a replica as the names of its starts have it. */
export const replicaName = (replica: string): string => replica.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 40);

/**
 * Takes the lock of a start's folder: nobody else has it while its process lives, and the operating system frees it when that ends.
 * @throws Error where somebody has it
 */
export const lockRun = (folder: string): DataLock => lockDataDirectory(join(folder, LOCK));

/**
 * Rows of calls on the local disk, before their answers leave: files that are only ever appended to. One write for all answers of a
 * turn of the event loop. What does not fit is refused, never dropped: a ballast makes room for the calls under way when the disk is
 * full, and as long as it is gone no new call is let in.
 */
export class Journal {
  /** The name of this start. */
  readonly run: string;
  readonly folder: string;
  private readonly pending = new FrameWriter();
  private readonly waiting: Kept[] = [];
  private readonly sizes = new Map<number, number>();
  private total = 0;
  private lock: DataLock | undefined;
  private file = -1;
  private segmentNumber = 0;
  private offset = 0;
  private last = 0;
  private lastWritten = 0;
  private isScheduled = false;
  private hasBallast = false;
  private isFailing = false;
  private probe: NodeJS.Timeout | undefined;
  private failingSince = 0;
  private syncing: Kept[] | undefined;
  private readonly unsynced: Kept[] = [];
  /** The newest record that the disk has for sure. */
  private lastSynced = 0;
  /** Files that are not written any more, and that a sync is still running on. */
  private readonly retired: number[] = [];

  constructor(
    private readonly options: JournalOptions,
    private readonly onTrouble: (words: string) => void,
    startedAt: Date,
  ) {
    this.run = `${replicaName(options.replica)}.${startedAt.getTime().toString(36)}.${randomBytes(4).toString('hex')}`;
    this.folder = join(options.dir, this.run);
  }

  /** The number of the newest record. */
  get sequence(): number {
    return this.last;
  }

  /** The number of the newest record that is in the file. */
  get written(): number {
    return this.lastWritten;
  }

  /** The number of the newest record whose answer may leave. */
  get kept(): number {
    return this.options.sync === 'fsync' ? this.lastSynced : this.lastWritten;
  }

  get bytes(): number {
    return this.total;
  }

  /** Whether new calls have to be refused, because their rows could not be kept. */
  get isRefusing(): boolean {
    return this.isFailing || this.total >= this.options.maxBytes;
  }

  /** @throws Error where the folder cannot be made or written */
  open(): void {
    if (this.file !== -1) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    if (this.options.sync === 'fsync') syncFolder(this.options.dir);
    this.lock = lockRun(this.folder);
    this.nextSegment();
    this.hasBallast = this.makeBallast();
    if (!this.hasBallast) this.startFailing('there is no room for it');
  }

  /** Takes no call any more: what is written here reaches nobody. */
  giveUp(reason: string): void {
    if (!this.isFailing) this.onTrouble(`The journal is lost (${reason}): calls are refused until the service is started anew`);
    this.isFailing = true;
    clearInterval(this.probe);
    this.probe = undefined;
  }

  /** Writes the row at the end of this turn, together with the others of it, and then says so. */
  append(call: FinishedCall, stage: Stage, kept?: Kept): void {
    this.pending.add(encodeRecord((this.last += 1), call, stage));
    if (kept) this.waiting.push(kept);
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Writes the row of an answer whose first byte leaves right after. @returns whether it is kept */
  appendNow(call: FinishedCall): boolean {
    this.append(call, 'begun');
    this.flush();
    if (this.lastWritten < this.last) return false;
    return this.options.sync === 'process' || this.syncNow();
  }

  /** Writes what is waiting. */
  flush(): void {
    this.isScheduled = false;
    if (this.lastWritten === this.last) return;
    if (this.file === -1) this.open();
    if (this.put() || this.putInsteadOfBallast()) this.releaseWritten();
  }

  /** Deletes the segments before this one: everything in them is stored. */
  discardBefore(segment: number): void {
    for (const number of this.sizes.keys()) {
      if (number >= segment || number === this.segmentNumber) continue;
      rmSync(join(this.folder, segmentName(number)), { force: true });
      this.total -= this.sizes.get(number)!;
      this.sizes.delete(number);
    }
  }

  /** @param isStored whether everything in it is, so that nothing is left to keep */
  close(isStored: boolean): void {
    clearTimeout(this.probe);
    this.probe = undefined;
    release([...this.unsynced.splice(0), ...this.waiting.splice(0)], false);
    if (this.file === -1) return;
    this.retire(this.file);
    this.file = -1;
    if (isStored) rmSync(this.folder, { recursive: true, force: true });
    else rmSync(join(this.folder, BALLAST), { force: true });
    this.lock?.release();
    if (isStored) rmSync(this.folder, { recursive: true, force: true });
  }

  /** All or nothing: a full disk also shows as a write that is shorter than asked for, without an error. */
  private put(): boolean {
    const { bytes } = this.pending;
    try {
      if (this.offset >= (this.options.segmentBytes ?? SEGMENT_BYTES)) this.nextSegment();
      if (writeSync(this.file, bytes, 0, bytes.length, this.offset) === bytes.length) {
        this.offset += bytes.length;
        this.total += bytes.length;
        this.sizes.set(this.segmentNumber, this.offset);
        this.pending.clear();
        return true;
      }
    } catch (error) {
      this.startFailing(error instanceof Error ? error.message : String(error));
    }
    this.cutBack();
    return false;
  }

  /** The calls that were let in before the disk was full. */
  private putInsteadOfBallast(): boolean {
    this.startFailing('the disk is full');
    if (!this.hasBallast) return false;
    rmSync(join(this.folder, BALLAST), { force: true });
    this.hasBallast = false;
    return this.put();
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.file, this.offset);
    } catch {
      // The next write begins at the same place, and readers stop at what is torn.
    }
  }

  /** The former one is synced before anything is in this one: after that, a sync of this one goes for all that was written. */
  private nextSegment(): void {
    const number = this.segmentNumber + 1;
    if (this.options.sync === 'fsync' && this.file !== -1 && !this.syncNow()) throw new Error('The disk does not take it');
    const file = openSync(join(this.folder, segmentName(number)), 'w', 0o600);
    try {
      if (this.options.sync === 'fsync') syncFolder(this.folder);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    if (this.file !== -1) this.retire(this.file);
    this.file = file;
    this.segmentNumber = number;
    this.offset = 0;
    this.sizes.set(number, 0);
  }

  /** Under a sync that is queued or running, another file would get its number. */
  private retire(file: number): void {
    if (this.syncing) this.retired.push(file);
    else closeSync(file);
  }

  /** Random, so that no file system keeps it in less room. */
  private makeBallast(): boolean {
    const path = join(this.folder, BALLAST);
    try {
      const file = openSync(path, 'w', 0o600);
      try {
        const bytes = randomBytes(BALLAST_BYTES);
        const isWhole = writeSync(file, bytes) === bytes.length && statSync(path).size === bytes.length;
        // Some disks say only then that they are full.
        if (isWhole && this.options.sync === 'fsync') fdatasyncSync(file);
        if (isWhole) return true;
      } finally {
        closeSync(file);
      }
    } catch {
      // No room, or no right to it: `false` says so.
    }
    rmSync(path, { force: true });
    return false;
  }

  private startFailing(reason: string): void {
    if (this.isFailing) return;
    this.isFailing = true;
    this.failingSince = performance.now();
    this.onTrouble(`The journal cannot be written (${reason}): calls are refused until it can`);
    this.probe = setInterval(() => this.tryAgain(), PROBE_MS).unref();
  }

  private tryAgain(): void {
    if (this.lastWritten < this.last && this.put()) this.releaseWritten();
    if (this.lastWritten < this.last) {
      if (performance.now() - this.failingSince > LONGEST_HOLD_MS) release(this.waiting.splice(0), false);
      return;
    }
    // That it was written once does not say that the disk takes a sync now.
    if (this.options.sync === 'fsync') this.hasBallast = false;
    this.hasBallast ||= this.makeBallast();
    if (!this.hasBallast) return;
    clearInterval(this.probe);
    this.probe = undefined;
    this.isFailing = false;
    this.onTrouble('The journal can be written again');
  }

  /** What waits is in the file now. */
  private releaseWritten(): void {
    this.lastWritten = this.last;
    const answers = this.waiting.splice(0);
    if (this.options.sync === 'process') release(answers, true);
    else this.syncThenRelease(answers);
  }

  private syncNow(): boolean {
    try {
      fdatasyncSync(this.file);
      this.lastSynced = this.lastWritten;
      return true;
    } catch (error) {
      this.startFailing(error instanceof Error ? error.message : String(error));
      // A system says once that a write has failed: a sync that comes later, or is running, may say nothing of it.
      release([...(this.syncing?.splice(0) ?? []), ...this.unsynced.splice(0)], false);
      return false;
    }
  }

  /** One at a time; those that come meanwhile share the next. */
  private syncThenRelease(answers: readonly Kept[]): void {
    this.unsynced.push(...answers);
    if (this.syncing) return;
    this.syncing = this.unsynced.splice(0);
    const { lastWritten } = this;
    fdatasync(this.file, (error) => {
      const done = this.syncing ?? [];
      this.syncing = undefined;
      for (const file of this.retired.splice(0)) closeSync(file);
      if (error) {
        this.startFailing(error.message);
        // What was written meanwhile may have failed with it, and the next sync would say nothing of it.
        done.push(...this.unsynced.splice(0));
      } else this.lastSynced = Math.max(this.lastSynced, lastWritten);
      release(done, !error);
      if (this.unsynced.length > 0) this.syncThenRelease([]);
    });
  }
}

function release(answers: readonly Kept[], kept: boolean): void {
  for (const answer of answers) answer(kept);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

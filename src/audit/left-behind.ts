import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Problem } from '../common';
import { asProblem, type DataLock, isWriteRefused } from '../persistence';
import type { StoredBatch } from './call-drain';
import type { CallWriter, RunMark } from './call-writer';
import { lockRun, segmentsIn } from './journal';

interface Orphan {
  readonly run: string;
  readonly folder: string;
  readonly lock: DataLock;
  /**
   * The newest record that this process has told of. What is still there may have been stored without anybody being told, so all of it is
   * told: those who hear it twice take no harm.
   */
  told: number;
}

/** How long another replica has to be silent, besides letting go of its lock: locks do not work on every shared volume. */
const SILENCE_MS = 30_000;
/** How old a folder without anything in it has to be before it is taken away. */
const EMPTY_MS = 60_000;

/** Ends the names of folders of which not everything could be stored. */
const DAMAGED = '.damaged';

/** Stores what processes have left in the journal that are gone. */
export class LeftBehind {
  private orphans: Orphan[] | undefined;
  /** Those that cannot be stored now, for reasons of their own: nothing else waits for them. */
  private readonly putOff: Orphan[] = [];

  constructor(
    private readonly writer: CallWriter,
    private readonly now: () => Date,
    private readonly warn: (words: string) => void,
    private readonly dir: string,
    private readonly replica: string,
    private readonly run: string,
    /** Whether nobody else serves this database: then whoever has let go of a lock is gone. */
    private readonly isAlone: boolean,
  ) {}

  /** Looks for more. */
  async look(): Promise<void> {
    this.orphans = [...(this.orphans ?? []), ...this.putOff.splice(0)];
    for (const run of existsSync(this.dir) ? readdirSync(this.dir) : []) {
      if (run === this.run || run.endsWith(DAMAGED) || this.holds(run)) continue;
      const orphan = await this.adopt(run);
      if (orphan) this.orphans.push(orphan);
    }
  }

  /** Stores the next batch; `undefined` where nothing is left. */
  async storeNext(): Promise<StoredBatch | undefined> {
    if (!this.orphans) await this.look();
    const [orphan] = this.orphans!;
    if (!orphan) return undefined;
    try {
      const batch = await this.writer.storeNext(orphan.run, orphan.told);
      orphan.told = batch.drained;
      if (batch.isEnd) this.end(orphan, await this.writer.finish(orphan.run, this.run));
      return batch;
    } catch (error) {
      if (asProblem(error) instanceof Problem || isWriteRefused(error)) throw error;
      this.warn(
        `What ${orphan.run} has left cannot be stored now, and is tried again: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.orphans = this.orphans!.filter((other) => other !== orphan);
      this.putOff.push(orphan);
      return this.storeNext();
    }
  }

  private end(orphan: Orphan, missing: number): void {
    this.orphans!.shift();
    if (missing === 0) rmSync(orphan.folder, { recursive: true, force: true });
    else this.setAside(orphan, missing);
    orphan.lock.release();
  }

  /** Whether it is about to store what that start has left. */
  holds(run: string): boolean {
    return [...(this.orphans ?? []), ...this.putOff].some((orphan) => orphan.run === run);
  }

  /** Whether there is something that could not be stored, and is tried again later. */
  get hasPutOff(): boolean {
    return this.putOff.length > 0;
  }

  /** Lets go of what is not stored yet. */
  close(): void {
    for (const { lock } of [...(this.orphans?.splice(0) ?? []), ...this.putOff.splice(0)]) lock.release();
  }

  /** What is left of it may still be of use to somebody. */
  private setAside({ run, folder }: Orphan, missing: number): void {
    let aside = `${folder}${DAMAGED}`;
    for (let number = 2; existsSync(aside); number++) aside = `${folder}.${number}${DAMAGED}`;
    renameSync(folder, aside);
    this.warn(`The journal of ${run} is damaged, ${missing} of its records are missing from the call log: it is kept as ${aside}`);
  }

  private async adopt(run: string): Promise<Orphan | undefined> {
    const folder = join(this.dir, run);
    if (isEmpty(folder)) return undefined;
    const lock = lockOf(folder);
    if (!lock) return undefined;
    try {
      const mark = await this.writer.mark(run);
      if (this.isAlone || mark.replica === this.replica || (await this.claim(mark))) return { run, folder, lock, told: 0 };
    } catch (error) {
      lock.release();
      throw error;
    }
    lock.release();
    return undefined;
  }

  /** Of another replica's: if nobody else has, and it does not live after all. */
  private async claim(mark: RunMark): Promise<boolean> {
    if (this.now().getTime() - mark.aliveAt.getTime() < SILENCE_MS) return false;
    return this.writer.claim(mark, this.run);
  }
}

/** A folder gets its lock before its first segment: without one, its process may just be starting. */
function isEmpty(folder: string): boolean {
  try {
    if (!statSync(folder).isDirectory()) return true;
    if (segmentsIn(folder).length > 0) return false;
    if (Date.now() - statSync(folder).mtimeMs > EMPTY_MS) rmSync(folder, { recursive: true, force: true });
    return true;
  } catch (error) {
    // Another replica has stored it meanwhile, and taken it away.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

function lockOf(folder: string): DataLock | undefined {
  try {
    return lockRun(folder);
  } catch {
    // Its process lives.
    return undefined;
  }
}

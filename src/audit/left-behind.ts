import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { DataLock } from '../persistence';
import type { StoredBatch } from './call-drain';
import type { CallWriter, RunMark } from './call-writer';
import { lockRun, segmentsIn } from './journal';

interface Orphan {
  readonly run: string;
  readonly folder: string;
  readonly lock: DataLock;
  /** The newest record that was stored before, or is by now. */
  drained: number;
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

  constructor(
    private readonly writer: CallWriter,
    private readonly now: () => Date,
    private readonly warn: (words: string) => void,
    private readonly dir: string,
    private readonly replica: string,
    private readonly run: string,
  ) {}

  /** Looks for more. */
  async look(): Promise<void> {
    this.orphans ??= [];
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
    const batch = await this.writer.storeNext(orphan.run, orphan.drained);
    orphan.drained = batch.drained;
    if (batch.isEnd) {
      const missing = await this.writer.finish(orphan.run, this.run);
      this.orphans!.shift();
      if (missing === 0) rmSync(orphan.folder, { recursive: true, force: true });
      else this.setAside(orphan, missing);
      orphan.lock.release();
    }
    return batch;
  }

  /** Whether it is about to store what that start has left. */
  holds(run: string): boolean {
    return this.orphans?.some((orphan) => orphan.run === run) ?? false;
  }

  /** Lets go of what is not stored yet. */
  close(): void {
    for (const { lock } of this.orphans?.splice(0) ?? []) lock.release();
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
      if (mark.replica === this.replica || (await this.claim(mark))) return { run, folder, lock, drained: mark.drained };
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
  if (!statSync(folder).isDirectory()) return true;
  if (segmentsIn(folder).length > 0) return false;
  if (Date.now() - statSync(folder).mtimeMs > EMPTY_MS) rmSync(folder, { recursive: true, force: true });
  return true;
}

function lockOf(folder: string): DataLock | undefined {
  try {
    return lockRun(folder);
  } catch {
    // Its process lives.
    return undefined;
  }
}

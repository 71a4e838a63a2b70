import type { ReplicaRow } from './epoch-store';
import { type Clocks, clocks, LEASE_MS, MARGIN_MS } from './lease';

/** From when on a change held, and where that is known of. */
export interface Effect {
  /** The replicas that said so, this one included. Any other decides nothing from memory. */
  readonly replicas: number;
  /** After the commit. */
  readonly afterMs: number;
}

interface Waiting {
  readonly epoch: number;
  /** By the clock that nobody sets, as all times here. */
  readonly since: number;
  readonly done: (effect: Effect) => void;
}

interface Sight {
  readonly renewals: number;
  readonly at: number;
}

/** Between two looks at the replicas that a change waits for. */
const LOOK_MS = 10;

/** After this long nobody can go by what was true before. */
export const LONGEST_MS = LEASE_MS + MARGIN_MS;

/**
 * Waits until a change holds on every replica: each has said so, or remembers nothing any more because its lease has run out. Asks
 * for that with one statement for all changes that wait, and never longer than a lease.
 */
export class CatchUp {
  private readonly waiting = new Set<Waiting>();
  private readonly acknowledged = new Map<string, number>();
  private readonly sights = new Map<string, Sight>();
  private rows: { readonly read: readonly ReplicaRow[]; readonly from: number } = { read: [], from: -Infinity };
  private isLooking = false;
  private lookNow: () => void = () => undefined;

  /** @param ownId of the replica that waits, or `null` for one that remembers nothing */
  constructor(
    private readonly list: () => Promise<ReplicaRow[]>,
    private readonly ownId: () => string | null,
    private readonly source: Clocks = clocks,
  ) {}

  wait(epoch: number): Promise<Effect> {
    const since = this.now();
    const effect = new Promise<Effect>((resolve) => {
      const entry: Waiting = {
        epoch,
        since,
        done: (found) => {
          clearTimeout(timer);
          this.waiting.delete(entry);
          resolve(found);
        },
      };
      // Whatever becomes of the looking.
      const timer = setTimeout(() => this.judge(), LONGEST_MS + 1);
      this.waiting.add(entry);
    });
    if (this.isLooking) this.lookNow();
    else void this.look();
    return effect;
  }

  /** A replica says how far it has come, sooner than its row does. */
  acknowledge(id: string, epoch: number): void {
    if (this.waiting.size === 0) return;
    this.acknowledged.set(id, Math.max(epoch, this.acknowledged.get(id) ?? 0));
    this.judge();
  }

  /**
   * Takes note of how the replicas stand.
   * @returns those whose lease has run out: they have not renewed it for longer than it lasts
   */
  observe(rows: readonly ReplicaRow[], askedAt: number): ReplicaRow[] {
    const now = this.now();
    const known = new Set(rows.map(({ id }) => id));
    for (const id of this.sights.keys()) if (!known.has(id)) this.sights.delete(id);
    return rows.filter(({ id, renewals }) => {
      const sight = this.sights.get(id);
      // It was sent before it was seen.
      if (sight?.renewals !== renewals) this.sights.set(id, { renewals, at: now });
      return sight?.renewals === renewals && askedAt - sight.at >= LONGEST_MS;
    });
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    while (this.waiting.size > 0) {
      const askedAt = this.now();
      try {
        const rows = (await this.list()).filter(({ endedAt }) => endedAt === null);
        const gone = new Set(this.observe(rows, askedAt));
        this.rows = { read: rows.filter((row) => !gone.has(row)), from: askedAt };
      } catch {
        // Whether the others have caught up cannot be seen now. When the lease is over, they have, or remember nothing.
      }
      this.judge();
      if (this.waiting.size > 0) await this.pause();
    }
    this.acknowledged.clear();
    this.isLooking = false;
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.lookNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private judge(): void {
    const ownId = this.ownId();
    const own = ownId === null ? 0 : 1;
    for (const { epoch, since, done } of this.waiting) {
      const afterMs = this.now() - since;
      const isOver = afterMs >= LONGEST_MS;
      // Who was there when it was committed is known only from what was read later.
      if (this.rows.from < since && !isOver) continue;
      const others = this.rows.read.filter(({ id }) => id !== ownId);
      const behind = others.filter(({ id, seenEpoch }) => Math.max(seenEpoch, this.acknowledged.get(id) ?? 0) < epoch);
      if (behind.length === 0 || isOver) done({ replicas: own + others.length - behind.length, afterMs: Math.round(afterMs) });
    }
  }

  private now(): number {
    return this.source.now().steadyMs;
  }
}

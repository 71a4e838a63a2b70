import { RecentlyUsed } from '../common';

/** So many refusals … */
export const BURST_REFUSALS = 20;
/** … within so long are a burst. */
export const BURST_WINDOW_MS = 5 * 60_000;

export interface Refusal {
  readonly keyId: string;
  readonly at: Date;
  readonly code: string;
}

const MOST_KEYS = 10_000;

/** Counts refused calls by key. It forgets keys that were not refused for the longest, so its size is bounded. */
export class RefusalCounter {
  private readonly latest = new RecentlyUsed<string, Refusal[]>(MOST_KEYS);

  /** @returns the refusals of the burst that this one makes full or goes on with; `undefined` where there is none */
  add(refusal: Refusal): readonly Refusal[] | undefined {
    const refusals = this.latest.get(refusal.keyId) ?? [];
    refusals.push(refusal);
    if (refusals.length > BURST_REFUSALS) refusals.shift();
    this.latest.set(refusal.keyId, refusals);
    const isFull = refusals.length === BURST_REFUSALS;
    return isFull && refusal.at.getTime() - refusals[0]!.at.getTime() <= BURST_WINDOW_MS ? [...refusals] : undefined;
  }
}

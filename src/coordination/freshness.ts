/** Whether what a process remembers of keys, people and rights may still be believed. Whoever remembers any of it asks here. */
export interface Freshness {
  /**
   * Grows whenever something is forgotten. A fill is good only where the epoch is the same after the read from the database as it was
   * before: what was read in between may be what has just been taken away.
   */
  readonly epoch: number;
  /** Whether memory may be used for a decision at this moment. Ask for each call, and never remember the answer. */
  isTrusted(): boolean;
  /**
   * @param listener told at once, and synchronously, what to forget: everything of an organization, or everything (`null`). Changes
   * that only add are not told (`ADDS_ONLY`), so that unknown credentials must not be remembered.
   */
  onForget(listener: (organizationId: string | null) => void): void;
}

export const FRESHNESS = Symbol('keystile:freshness');

import type { EntityManager } from 'typeorm';

import type { Effect } from './catch-up';
import type { Effects } from './effects';
import { commitHook, type CommitHook, isInTransaction } from '../persistence';
import type { Freshness } from './freshness';

/** A change that takes something away, or gives it back, so that what is remembered of the organization is no longer true. */
export interface Change {
  /** `null` for everything. */
  readonly organizationId: string | null;
  /** The call that asked for it, whose answer tells from when on it holds. */
  readonly requestId: string | null;
}

/** Raised by every change: from its answer on no process of the installation goes by what was true before. */
export interface Epoch extends Freshness {
  /**
   * Call it in the transaction of the change. It takes effect at its end: the last statements before the commit are its own, and
   * `inTransaction` returns, or a host's commit does, when the change holds everywhere.
   */
  raise(manager: EntityManager, change: Change): Promise<void>;
}

export const EPOCH = Symbol('keystile:epoch');

/** The changes of one transaction. */
export abstract class PendingChange implements CommitHook {
  protected readonly changes: Change[] = [];

  add(change: Change): void {
    this.changes.push(change);
  }

  abstract beforeCommit(manager: EntityManager): Promise<void>;
  abstract afterCommit(isCertain: boolean): Promise<void>;

  /** For the answers of the calls that asked for it. */
  protected noteIn(effects: Effects, effect: Effect): void {
    for (const { requestId } of this.changes) if (requestId !== null) effects.note(requestId, effect);
  }

  /** Each organization once; `null`, where everything changes, and nothing else. */
  protected get organizationIds(): ReadonlyArray<string | null> {
    const ids = new Set(this.changes.map(({ organizationId }) => organizationId));
    return ids.has(null) ? [null] : [...ids];
  }
}

/** Adds to the changes of the transaction. Outside of one, the change has just been committed by itself. */
export async function raiseIn(manager: EntityManager, owner: object, change: Change, make: () => PendingChange): Promise<void> {
  if (isInTransaction(manager)) {
    commitHook(manager, owner, make).add(change);
    return;
  }
  const alone = make();
  alone.add(change);
  await alone.beforeCommit(manager);
  await alone.afterCommit(true);
}

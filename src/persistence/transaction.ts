import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

import { ownHooks } from './commit-hooks';
import { asUndone, asUnknown, isRetryable } from './errors';

const MOST_ATTEMPTS = 4;

/**
 * Runs `work` in one transaction: all of it, or none. A deadlock or lock timeout is tried again up to three times, so `work`
 * must do nothing but talk to the manager it is given. Keep slow things (password hashing, the network) out of it.
 *
 * @throws Problem `unavailable` where the database cannot be reached or stays locked: `isUndone` of it, unless the database was lost
 * during the commit, which its message says; whatever `work` throws
 */
export async function inTransaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let done: Done<T>;
    try {
      done = await once(dataSource, work);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isRetryable(error)) throw asUndone(error);
      continue;
    }
    // The connection is free by now: this may wait for other replicas.
    await done.afterCommit(done.lost === undefined);
    if (done.lost !== undefined) throw asUnknown(done.lost);
    return done.result;
  }
}

interface Done<T> {
  readonly result: T;
  readonly afterCommit: (isCertain: boolean) => Promise<void>;
  /** Why nobody knows whether the transaction was committed. */
  readonly lost?: unknown;
}

async function once<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<Done<T>> {
  const runner = dataSource.createQueryRunner();
  const hooks = ownHooks(runner);
  try {
    // Every rule stands in a WHERE, so the weaker level loses nothing and takes no gap locks. SQLite knows one level only.
    await runner.startTransaction(dataSource.options.type === 'better-sqlite3' ? undefined : 'READ COMMITTED');
    const result = await whole(work, hooks.before, runner).finally(() => takeNoMore(runner));
    try {
      await runner.commitTransaction();
    } catch (lost) {
      if (isRetryable(lost)) throw lost;
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      return { result, afterCommit: hooks.after, lost };
    }
    return { result, afterCommit: hooks.after };
  } catch (error) {
    // The first error is the one to tell; a connection that is gone undoes the rest by itself.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

async function whole<T>(work: (manager: EntityManager) => Promise<T>, last: () => Promise<void>, { manager }: QueryRunner): Promise<T> {
  const result = await work(manager);
  await last();
  return result;
}

/** What `work` left running (the rest of a `Promise.all` that failed) would otherwise be done after the end, outside of the transaction. */
function takeNoMore(runner: QueryRunner): void {
  const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<never>;
  runner.query = async (sql: string, ...rest: unknown[]): Promise<never> => {
    if (sql !== 'COMMIT' && sql !== 'ROLLBACK') throw new Error('The transaction is over: wait for every statement before it ends');
    return query(sql, ...rest);
  };
}

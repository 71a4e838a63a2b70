import type { DataSource, EntityManager } from 'typeorm';

import { asProblem, isRetryable } from './errors';

const MOST_ATTEMPTS = 4;

/**
 * Runs `work` in one transaction: all of it, or none. A deadlock or lock timeout is tried again up to three times, so `work`
 * must do nothing but talk to the manager it is given. Keep slow things (password hashing, the network) out of it.
 *
 * @throws Problem `unavailable` where the database cannot be reached or stays locked; whatever `work` throws
 */
export async function inTransaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Every rule stands in a WHERE, so the weaker level loses nothing and takes no gap locks. SQLite knows one level only.
      return dataSource.options.type === 'better-sqlite3'
        ? await dataSource.transaction(work)
        : await dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isRetryable(error)) throw asProblem(error);
    }
  }
}

/** Held for as long as the process lives; the operating system lets go of it, however the process ends. */
export interface DataLock {
  release(): void;
}

/**
 * Makes sure that one process at a time serves an embedded database: what replicas tell each other goes through MySQL, and
 * on SQLite there is nobody to tell. The lock is an exclusive lock of SQLite's own on a file beside the data, so a killed
 * process leaves nothing to clean up (a file with a process number would, in a container where everyone is number 1).
 *
 * @throws Error when another process holds it
 */
export function lockDataDirectory(path: string): DataLock {
  const { SqliteDatabase } = require('./sqlite-driver') as typeof import('./sqlite-driver');
  const file = new SqliteDatabase(path);
  try {
    file.pragma('busy_timeout = 0');
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    throw new Error('Another Keystile process is running on this data directory. Stop it, or give this one its own DATA_DIR.', {
      cause: error,
    });
  }
  return {
    release: () => {
      // Closing alone leaves the lock to the garbage collector.
      file.exec('ROLLBACK');
      file.close();
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';

import { Problem } from '../common';
import { isBusy } from './errors';

/** Longer than any transaction of ours; shorter than the patience of a caller. */
const LONGEST_WAIT_MS = 5_000;
/** How long a writer of another process (the command line) may hold the file. */
const LONGEST_BUSY_MS = 2_000;
/** SQLite's own waiting would hold up the whole process. */
const BUSY_PAUSE_MS = 20;

/**
 * First come, first served; the holder may re-enter. Each turn begins in a turn of the event loop of its own: SQLite answers without
 * ever letting go of the thread, so that a long queue would else be worked off before anybody else, a timer even, is heard.
 */
class Gate {
  private holder: object | null = null;
  private readonly waiting: Array<{ readonly who: object; readonly go: () => void }> = [];

  isHeldBy(who: object): boolean {
    return this.holder === who;
  }

  /** @throws Problem `unavailable` where it took too long */
  async enter(who: object): Promise<void> {
    if (this.holder === null) {
      this.holder = who;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(tookTooLong());
      }, LONGEST_WAIT_MS);
      const entry = {
        who,
        go: () => {
          clearTimeout(timer);
          setImmediate(resolve);
        },
      };
      this.waiting.push(entry);
    });
  }

  leave(who: object): void {
    if (this.holder !== who) return;
    const next = this.waiting.shift();
    this.holder = next?.who ?? null;
    next?.go();
  }
}

const tookTooLong = (): Problem =>
  busy(`SQLite busy for ${LONGEST_WAIT_MS} ms: too much to do, or is a repository used inside a transaction instead of its manager?`);

const busy = (words: string): Problem => new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause: new Error(words) });

/**
 * Does what another process's write may be in the way of, as soon as it is not.
 * @throws Problem `unavailable` where it took too long
 */
async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LONGEST_BUSY_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw busy(`Another process has been writing to the SQLite file for ${LONGEST_BUSY_MS} ms`);
    }
    await sleep(BUSY_PAUSE_MS);
  }
}

const serialised = new WeakSet<DataSource>();

export const isSerialised = (dataSource: DataSource): boolean => serialised.has(dataSource);

/**
 * TypeORM gives every caller of a SQLite DataSource the same QueryRunner, so that two requests' transactions mix and one's
 * ROLLBACK undoes the other's writes (typeorm#1884). One runner per caller and a gate in front of the single connection give
 * SQLite the isolation that a pool gives MySQL.
 *
 * Transactions begin IMMEDIATE: a deferred one that reads and then writes after another writer fails at once, whatever the
 * busy timeout says.
 */
export function serialiseSqlite(dataSource: DataSource): DataSource {
  if (dataSource.options.type !== 'better-sqlite3' || isSerialised(dataSource)) return dataSource;
  const driver = dataSource.driver as BetterSqlite3Driver;
  const gate = new Gate();
  const statements = new Map<string, unknown>();

  class GatedQueryRunner extends BetterSqlite3QueryRunner {
    constructor() {
      super(driver);
      (this as unknown as { stmtCache: typeof statements }).stmtCache = statements;
    }

    // oxlint-disable-next-line typescript/no-explicit-any -- the base class declares it so
    override async query(sql: string, parameters?: any[], structured = false): Promise<any> {
      const immediate = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
      if (gate.isHeldBy(this)) return super.query(immediate, parameters, structured);
      return whenFree(async () => {
        await gate.enter(this);
        try {
          return (await super.query(immediate, parameters, structured)) as unknown;
        } finally {
          if (!this.isTransactionActive) gate.leave(this);
        }
      });
    }

    override async startTransaction(...options: Parameters<BetterSqlite3QueryRunner['startTransaction']>): Promise<void> {
      if (this.isTransactionActive) return super.startTransaction(...options);
      return whenFree(async () => {
        await gate.enter(this);
        try {
          await super.startTransaction(...options);
        } catch (error) {
          this.isTransactionActive = false;
          throw error;
        } finally {
          this.leaveUnlessInTransaction();
        }
      });
    }

    override async commitTransaction(): Promise<void> {
      try {
        await super.commitTransaction();
      } finally {
        this.leaveUnlessInTransaction();
      }
    }

    override async rollbackTransaction(): Promise<void> {
      try {
        await super.rollbackTransaction();
      } finally {
        this.leaveUnlessInTransaction();
      }
    }

    override async release(): Promise<void> {
      // A release inside a transaction is a caller's bug; its error is the one to report, not this rollback's.
      if (this.isTransactionActive) await this.rollbackTransaction().catch(() => undefined);
      gate.leave(this);
      await super.release();
    }

    private leaveUnlessInTransaction(): void {
      if (!this.isTransactionActive) gate.leave(this);
    }
  }

  driver.createQueryRunner = () => new GatedQueryRunner();
  serialised.add(dataSource);
  return dataSource;
}

import type { DataSource } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';

import { Problem } from '../common';

/** Longer than any transaction of ours; shorter than the patience of a caller. */
const LONGEST_WAIT_MS = 5_000;

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

function tookTooLong(): Problem {
  const words = `SQLite busy for ${LONGEST_WAIT_MS} ms: too much to do, or is a repository used inside a transaction instead of its manager?`;
  return new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause: new Error(words) });
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
      await gate.enter(this);
      try {
        return await super.query(immediate, parameters, structured);
      } finally {
        if (!this.isTransactionActive) gate.leave(this);
      }
    }

    override async startTransaction(...options: Parameters<BetterSqlite3QueryRunner['startTransaction']>): Promise<void> {
      const outermost = !this.isTransactionActive;
      if (outermost) await gate.enter(this);
      try {
        await super.startTransaction(...options);
      } catch (error) {
        if (outermost) this.isTransactionActive = false;
        throw error;
      } finally {
        this.leaveUnlessInTransaction();
      }
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

import type { Connection } from 'mysql2/promise';
import type { DataSource, QueryRunner } from 'typeorm';
import type { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';

import { DatabaseAwayError, type Probe, Pulse } from './pulse';

/** Longer than any statement that a request of ours makes, on a database that does answer. */
const LONGEST_STATEMENT_MS = 5_000;
/** How long a request waits for others to be done with a connection. */
const LONGEST_WAIT_MS = 2_000;
/** How many may wait for each connection of the pool. */
const WAITING_PER_CONNECTION = 8;
/** Statements that can be sent once more where nobody knows whether they arrived. */
const HARMLESS = /^(SELECT|SET TRANSACTION|START TRANSACTION)\b/;

interface PooledConnection {
  release(): void;
  destroy(): void;
}

/** Lets statements of this runner take as long as they need: changing the schema of large tables does. */
export function patiently(runner: QueryRunner): QueryRunner {
  if (runner instanceof GuardedQueryRunner) runner.longestMs = Infinity;
  return runner;
}

/**
 * Makes sure that nobody waits for a MySQL server that does not answer: each statement and each wait for a connection has an end,
 * a `Pulse` tells a frozen server from a slow statement, and while the server does not answer nothing is asked at all. A connection
 * whose answer nobody waits for any more is closed, never used again: the late answer would be taken for that of the next statement.
 *
 * @param connect opens a connection outside of the pool, for signs of life
 * @param first such a connection, which is open
 */
export function guardMysql(dataSource: DataSource, poolSize: number, connect: () => Promise<Connection>, first: Connection): DataSource {
  const driver = dataSource.driver as MysqlDriver;
  const pulse = new Pulse(probeOver(connect, first));
  const pool = new GuardedPool(driver, pulse, poolSize);
  driver.createQueryRunner = (mode) => new GuardedQueryRunner(driver, mode, pool, pulse);
  const disconnect = driver.disconnect.bind(driver);
  driver.disconnect = async () => {
    pulse.close();
    await disconnect();
  };
  return dataSource;
}

/**
 * In front of TypeORM's pool: as many as it has connections go in, the others wait here, where they can leave again. In the pool's own
 * queue they could not, and a server that is back would first have to serve those who have gone.
 */
class GuardedPool {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly driver: MysqlDriver,
    private readonly pulse: Pulse,
    private readonly size: number,
  ) {
    this.free = size;
  }

  /** @throws DatabaseAwayError where the server does not answer, or too many wait already */
  async acquire(): Promise<PooledConnection> {
    await this.enter();
    let isAsked = false;
    let isGivenUp = false;
    const connect = async (): Promise<PooledConnection> => {
      isAsked = true;
      const connection = await (this.driver.obtainMasterConnection() as Promise<PooledConnection>).catch((error: unknown) => {
        this.leave();
        throw error;
      });
      if (isGivenUp) {
        connection.release();
        this.leave();
      }
      return connection;
    };
    try {
      return await this.pulse.answer(connect, { longestMs: LONGEST_WAIT_MS, giveUp: () => (isGivenUp = true), wasAnswered });
    } catch (error) {
      if (!isAsked) this.leave();
      throw error;
    }
  }

  /** Once for each `acquire` that was answered. */
  leave(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.free += 1;
  }

  private async enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    if (this.waiting.size >= this.size * WAITING_PER_CONNECTION) throw new DatabaseAwayError('Too many statements wait for the database');
    let go = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      go = () => {
        this.waiting.delete(go);
        resolve();
      };
    });
    this.waiting.add(go);
    try {
      await this.pulse.answer(() => turn, { longestMs: LONGEST_WAIT_MS, giveUp: () => undefined, wasAnswered });
    } catch (error) {
      if (!this.waiting.delete(go)) this.leave();
      throw error;
    }
  }
}

class GuardedQueryRunner extends MysqlQueryRunner {
  longestMs = LONGEST_STATEMENT_MS;
  private isFirst = true;
  private isInPool = false;

  constructor(
    driver: MysqlDriver,
    mode: 'master' | 'slave',
    private readonly pool: GuardedPool,
    private readonly pulse: Pulse,
  ) {
    super(driver, mode);
  }

  override connect(): Promise<PooledConnection> {
    return (this.databaseConnectionPromise ??= this.acquire());
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- the base class declares it so
  override async query(sql: string, parameters?: any[], structured = false): Promise<any> {
    try {
      return await this.ask(sql, parameters, structured);
    } catch (error) {
      // The server, or something on the way, has closed a connection that nobody was using: that is found out by using it.
      if (!this.isFirst || wasAnswered(error) || error instanceof DatabaseAwayError || !HARMLESS.test(sql)) throw error;
      this.isFirst = false;
      this.hangUp();
      return this.ask(sql, parameters, structured);
    }
  }

  private async ask(sql: string, parameters: unknown[] | undefined, structured: boolean): Promise<unknown> {
    const connection = await this.connect();
    const answer = await this.pulse.answer(() => super.query(sql, parameters, structured as true), {
      longestMs: this.longestMs,
      giveUp: () => connection.destroy(),
      wasAnswered,
    });
    // What only prepares a transaction may be said again with it.
    if (!sql.startsWith('SET TRANSACTION')) this.isFirst = false;
    return answer;
  }

  override async release(): Promise<void> {
    await super.release();
    this.leavePool();
  }

  private async acquire(): Promise<PooledConnection> {
    const connection = await this.pool.acquire();
    this.isInPool = true;
    this.databaseConnection = connection;
    return connection;
  }

  private hangUp(): void {
    (this.databaseConnection as PooledConnection | undefined)?.destroy();
    this.databaseConnection = undefined;
    this.databaseConnectionPromise = undefined as never;
    this.leavePool();
  }

  private leavePool(): void {
    if (this.isInPool) this.pool.leave();
    this.isInPool = false;
  }
}

/** What the server itself says has a number; what happens to the connection has not. */
function wasAnswered(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  const { errno, sqlState } = driverError as { errno?: unknown; sqlState?: unknown };
  return typeof sqlState === 'string' && typeof errno === 'number' && errno > 0;
}

/** Keeps a connection of its own, so that the question does not have to wait for a free one. */
function probeOver(connect: () => Promise<Connection>, first: Connection): Probe {
  let connection: Connection | undefined = first;
  first.on('error', () => undefined);
  let generation = 0;
  const drop = (): void => {
    generation += 1;
    connection?.destroy();
    connection = undefined;
  };
  const open = async (): Promise<Connection> => {
    const mine = generation;
    const opened = await connect();
    // Somebody else may have closed it while nobody was looking.
    opened.on('error', () => undefined);
    if (mine === generation) connection = opened;
    else opened.destroy();
    return opened;
  };
  const ask = async (): Promise<void> => {
    const known = connection;
    try {
      await (known ?? (await open())).query('SELECT 1');
    } catch (error) {
      if (!known) throw error;
      if (connection === known) drop();
      await (await open()).query('SELECT 1');
    }
  };
  return { ask, drop };
}

import { DataSource, type QueryRunner } from 'typeorm';

/** The database did not answer a question of the coordination in time. */
export class SideConnectionError extends Error {
  override readonly name = 'SideConnectionError';
  readonly code = 'ETIMEDOUT';
}

const CONNECT_TIMEOUT_MS = 1_000;

interface Destroyable {
  destroy(): void;
}

/**
 * One connection beside the pool, so that whether memory may be trusted is never asked behind other work. Each statement has a
 * deadline; a connection that missed it is closed and replaced.
 */
export class SideConnection {
  private opening: Promise<DataSource> | undefined;
  private source: DataSource | undefined;
  private runner: QueryRunner | undefined;
  private generation = 0;
  private isClosed = false;

  /** @param database whose settings it takes; of a replicated one, the writer is asked */
  constructor(
    private readonly database: DataSource,
    private readonly deadlineMs: number,
  ) {}

  /** @throws SideConnectionError where there was no answer in time; the driver's errors */
  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      // Timers come before what the network has brought meanwhile.
      timer = setTimeout(() => setImmediate(() => reject(new SideConnectionError('The database did not answer in time'))), this.deadlineMs);
    });
    try {
      return await Promise.race([this.ask<T>(sql, parameters), late]);
    } catch (error) {
      if (!isAnswer(error)) this.hangUp();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.hangUp();
    if (this.source?.isInitialized) await this.source.destroy();
  }

  private async ask<T>(sql: string, parameters: readonly unknown[]): Promise<T> {
    const source = this.source ?? (await (this.opening ??= this.open()));
    if (this.isClosed) throw new SideConnectionError('The connection is closed');
    this.runner ??= source.createQueryRunner('master');
    return (await this.runner.query(sql, [...parameters])) as T;
  }

  private async open(): Promise<DataSource> {
    const { options } = this.database;
    const mine = { entities: [], migrations: [], subscribers: [], synchronize: false, migrationsRun: false, logging: false, poolSize: 1 };
    const source = new DataSource({ ...options, ...mine, connectTimeout: CONNECT_TIMEOUT_MS } as typeof options);
    const { generation } = this;
    await source.initialize();
    if (generation !== this.generation || this.isClosed) {
      await source.destroy();
      throw new SideConnectionError('The connection came too late');
    }
    this.source = source;
    return source;
  }

  /** The late answer must not be taken for that of the next statement. */
  private hangUp(): void {
    const { runner } = this;
    this.generation += 1;
    this.runner = undefined;
    this.opening = undefined;
    if (!runner) return;
    void (runner.connect() as Promise<Destroyable>).then(
      (connection) => connection.destroy(),
      () => undefined,
    );
  }
}

/** What the server itself says no with has a state. */
const isAnswer = (error: unknown): boolean => typeof (error as { driverError?: { sqlState?: unknown } }).driverError?.sqlState === 'string';

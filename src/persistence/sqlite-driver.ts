import Libsql = require('libsql');

type Row = Record<string, unknown>;

/** The part of a prepared statement that TypeORM's SQLite driver uses. */
interface PreparedStatement {
  readonly reader: boolean;
  all(...parameters: unknown[]): Row[];
  get(...parameters: unknown[]): Row | undefined;
  run(...parameters: unknown[]): unknown;
}

/** What takes the lock of writers. */
const WRITES = /^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP)\b/i;
/** What begins, ends and divides transactions; it has no parameters and no rows. */
const CONTROLS = /^\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b/i;

/**
 * better-sqlite3's face over libsql, whose binaries are ordinary npm packages (no compiler, no download).
 * TypeORM needs: `new (path, options)`, `pragma()`, `prepare()` with `{ reader, all(), run() }`, `close()`.
 *
 * A prepared statement of libsql's that met another writer (SQLITE_BUSY) stays begun. What is written after it, outside of a
 * transaction, is then reported as done and never committed. So no prepared statement meets one: `exec` takes the lock, which leaves
 * nothing behind where it fails.
 */
export class SqliteDatabase extends Libsql {
  // oxlint-disable-next-line typescript/no-explicit-any -- the base class declares it so
  override prepare(sql: string): any {
    if (CONTROLS.test(sql))
      return { reader: false, all: () => [], get: () => undefined, run: () => this.control(sql) } satisfies PreparedStatement;
    const statement = super.prepare(sql) as unknown as PreparedStatement;
    const once = WRITES.test(sql) ? <T>(work: () => T) => this.inOneTransaction(work) : <T>(work: () => T) => work();
    return {
      reader: statement.reader,
      all: (...parameters: unknown[]) => once(() => statement.all(bindable(parameters)).map(withBuffers)),
      get: (...parameters: unknown[]) => once(() => withBuffers(statement.get(bindable(parameters)))),
      run: (...parameters: unknown[]) => once(() => statement.run(bindable(parameters))),
    } satisfies PreparedStatement;
  }

  private control(sql: string): { changes: number; lastInsertRowid: number } {
    this.exec(sql);
    return { changes: 0, lastInsertRowid: 0 };
  }

  private inOneTransaction<T>(work: () => T): T {
    if (this.inTransaction) return work();
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }
}

/** libsql aborts the process on a boolean or a Date, takes a lone Buffer for named parameters, and cuts text at NUL. */
function bindable(parameters: unknown[]): unknown[] {
  return parameters.map((value, i) => {
    if (typeof value === 'string') {
      if (value.includes('\0')) throw new TypeError(`SQLite cannot keep parameter ${i + 1}: it holds a NUL character`);
      return value;
    }
    if (value === null || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array) return value;
    if (value === undefined) return null;
    throw new TypeError(`SQLite cannot bind parameter ${i + 1} (${Object.prototype.toString.call(value)})`);
  });
}

function withBuffers<T extends Row | undefined>(row: T): T {
  for (const name in row) {
    const value: unknown = row[name];
    if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
  }
  return row;
}

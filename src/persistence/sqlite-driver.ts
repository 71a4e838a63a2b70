import Libsql = require('libsql');

type Row = Record<string, unknown>;

/** The part of a prepared statement that TypeORM's SQLite driver uses. */
interface PreparedStatement {
  readonly reader: boolean;
  all(...parameters: unknown[]): Row[];
  get(...parameters: unknown[]): Row | undefined;
  run(...parameters: unknown[]): unknown;
}

/**
 * better-sqlite3's face over libsql, whose binaries are ordinary npm packages (no compiler, no download).
 * TypeORM needs: `new (path, options)`, `pragma()`, `prepare()` with `{ reader, all(), run() }`, `close()`.
 */
export class SqliteDatabase extends Libsql {
  // oxlint-disable-next-line typescript/no-explicit-any -- the base class declares it so
  override prepare(sql: string): any {
    const statement = super.prepare(sql) as unknown as PreparedStatement;
    return {
      reader: statement.reader,
      all: (...parameters: unknown[]) => statement.all(bindable(parameters)).map(withBuffers),
      get: (...parameters: unknown[]) => withBuffers(statement.get(bindable(parameters))),
      run: (...parameters: unknown[]) => statement.run(bindable(parameters)),
    } satisfies PreparedStatement;
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

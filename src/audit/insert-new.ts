import type { EntityManager } from 'typeorm';

type Row = Readonly<Record<string, string | number | null>>;

/** Below SQLite's 32,766 variables whatever the table, and few enough different statements to keep prepared. */
const MOST_ROWS = 512;
const MOST_VARIABLES = 16_384;
/** Half of the smallest packet that a MySQL server is set up for. */
const MOST_BYTES = 512 * 1024;
/** Three as UTF-8; what is escaped takes two. */
const BYTES_OF_A_CHARACTER = 3;
/** A number with its comma, or the quotes around a text. */
const BYTES_OF_A_VALUE = 20;

/**
 * Inserts the rows whose unique columns are not there yet; those that are stay as they are, so repeating it does no harm.
 * Raw multi-row statements: TypeORM's builder doubles their cost.
 */
export async function insertNew(manager: EntityManager, entity: Function, rows: readonly Row[]): Promise<void> {
  const { dataSource } = manager;
  const { tableName, columns } = dataSource.getMetadata(entity);
  const written = columns.filter(({ isGenerated }) => !isGenerated);
  const properties = written.map(({ propertyName }) => propertyName);
  const names = written.map(({ databaseName }) => databaseName).join(', ');
  const row = `(${written.map(() => '?').join(', ')})`;
  // Not INSERT OR IGNORE: on SQLite that also passes over rows that break NOT NULL.
  const [insert, rest] = dataSource.options.type === 'better-sqlite3' ? ['INSERT', ' ON CONFLICT DO NOTHING'] : ['INSERT IGNORE', ''];
  for (const piece of pieces(rows, properties.length)) {
    const values: Array<string | number | null> = [];
    for (const one of piece) for (const property of properties) values.push(one[property] ?? null);
    await manager.query(`${insert} INTO ${tableName} (${names}) VALUES ${Array(piece.length).fill(row).join(', ')}${rest}`, values);
  }
}

/** The end of an INSERT whose rows take the place of those with the same key. @param columns those that change */
export function inPlace({ dataSource }: EntityManager, key: readonly string[], columns: readonly string[]): string {
  const isSqlite = dataSource.options.type === 'better-sqlite3';
  const update = columns.map((name) => `${name} = ${isSqlite ? `excluded.${name}` : `VALUES(${name})`}`).join(', ');
  return isSqlite ? `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${update}` : `ON DUPLICATE KEY UPDATE ${update}`;
}

/** Pieces of 1, 2, 4 … rows, so that there are few different statements to prepare. */
function* pieces(rows: readonly Row[], columns: number): Generator<readonly Row[]> {
  const most = Math.min(MOST_ROWS, Math.floor(MOST_VARIABLES / columns));
  for (let start = 0; start < rows.length;) {
    const fitting = rowsWithin(MOST_BYTES, rows, start, most);
    const length = 2 ** Math.floor(Math.log2(Math.max(1, fitting)));
    yield rows.slice(start, start + length);
    start += length;
  }
}

/** How many rows from here on are surely not larger together. */
function rowsWithin(bytes: number, rows: readonly Row[], start: number, most: number): number {
  let left = bytes;
  let count = 0;
  for (; count < most && start + count < rows.length; count++) {
    const row = rows[start + count]!;
    for (const name in row) {
      const value = row[name];
      left -= BYTES_OF_A_VALUE + (typeof value === 'string' ? value.length * BYTES_OF_A_CHARACTER : 0);
    }
    if (left < 0) break;
  }
  return count;
}

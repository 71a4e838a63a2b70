import type { EntityManager } from 'typeorm';

type Row = Readonly<Record<string, string | number | null>>;

/** Below SQLite's 32,766 variables whatever the table, and a piece that neither database minds. */
const MOST_ROWS = 256;
/** Half of the smallest packet that a MySQL server is set up for. */
const MOST_BYTES = 512 * 1024;
/** A character as UTF-8, each byte escaped. */
const BYTES_OF_A_CHARACTER = 8;

/**
 * Inserts the rows whose unique columns are not there yet; those that are stay as they are, so repeating it does no harm.
 * Raw multi-row statements: TypeORM's builder doubles their cost.
 */
export async function insertNew(manager: EntityManager, entity: Function, rows: readonly Row[]): Promise<void> {
  const { dataSource } = manager;
  const { tableName, columns } = dataSource.getMetadata(entity);
  const written = columns.filter(({ isGenerated }) => !isGenerated);
  const names = written.map(({ databaseName }) => databaseName).join(', ');
  const row = `(${written.map(() => '?').join(', ')})`;
  // Not INSERT OR IGNORE: on SQLite that also passes over rows that break NOT NULL.
  const [insert, rest] = dataSource.options.type === 'better-sqlite3' ? ['INSERT', ' ON CONFLICT DO NOTHING'] : ['INSERT IGNORE', ''];
  for (const piece of pieces(rows)) {
    const values = piece.flatMap((one) => written.map(({ propertyName }) => one[propertyName] ?? null));
    await manager.query(`${insert} INTO ${tableName} (${names}) VALUES ${Array(piece.length).fill(row).join(', ')}${rest}`, values);
  }
}

/** Pieces of 1, 2, 4 … rows, so that there are few different statements to prepare. */
function* pieces(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length;) {
    let length = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(rows.length - start)));
    while (length > 1 && bytesOf(rows.slice(start, start + length)) > MOST_BYTES) length /= 2;
    yield rows.slice(start, start + length);
    start += length;
  }
}

function bytesOf(rows: readonly Row[]): number {
  let characters = 0;
  for (const row of rows) for (const name in row) characters += String(row[name]).length + 4;
  return characters * BYTES_OF_A_CHARACTER;
}

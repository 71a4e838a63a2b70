import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/**
 * How long after it was asked for a page may look for rows that a filter without an index lets through (`decisions.md` 29). What it has
 * waited for before counts, so that whoever asks waits no longer.
 */
const BUDGET_MS = 30;
/** How many index entries are looked at in one step. */
const STEP = 1_000;

type Value = string | number | Date | null;

/** A condition in SQL, with the values of its question marks. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

export const where = (sql: string, ...values: Value[]): Condition => ({ sql, values });

/** The values of the ordering columns of one row. */
export type Position = readonly number[];

/** Rows of a table along an index, the greatest first. */
export interface IndexWalk {
  readonly entity: Function;
  /** The index to read. Said to the database, which otherwise likes to sort, or to read another one to its end. */
  readonly index: string;
  /** What holds for the leading columns of the index. */
  readonly along: readonly Condition[];
  /** The columns of the index after those: one or two, unique together. */
  readonly order: readonly [string] | readonly [string, string];
  /** What has to be looked up in each row. */
  readonly filters: readonly Condition[];
  /** The properties to read. Default: all. */
  readonly properties?: readonly string[];
}

/** A stretch of a walk: what was found, and after which position to go on; `null` where nothing is left. */
export interface Stretch<Row> {
  readonly rows: readonly Row[];
  readonly next: Position | null;
}

/**
 * Walks on from a position until `limit` rows are found, nothing is left, or the time for one page is over: then there may be
 * fewer rows, or none, and still a position to go on from.
 * @param asked when the page was asked for, by `performance.now()`
 */
export async function walk<Row>(
  database: DataSource,
  walked: IndexWalk,
  after: Position,
  limit: number,
  asked?: number,
): Promise<Stretch<Row>> {
  const { rows, next } = await walkRaw(database, walked, after, limit, asked);
  const columns = columnsOf(database, walked);
  return { rows: rows.map((row) => hydrate(database, columns, row) as Row), next };
}

/** The same with columns as the database says them: numbers may be texts. */
export async function walkRaw(
  database: DataSource,
  walked: IndexWalk,
  after: Position,
  limit: number,
  asked = performance.now(),
): Promise<Stretch<RawRow>> {
  const deadline = asked + BUDGET_MS;
  const rows: RawRow[] = [];
  for (let position = after; ; await nextTurn()) {
    const end = walked.filters.length > 0 ? await stepEnd(database, walked, position) : null;
    for (const row of await read(database, walked, position, end, limit + 1 - rows.length)) rows.push(row);
    if (rows.length > limit) {
      const found = rows.slice(0, limit);
      return { rows: found, next: positionOf(walked, found.at(-1)!) };
    }
    if (end === null || performance.now() > deadline) return { rows, next: end };
    position = end;
  }
}

/** One row more than `limit` is read, in order to know whether there is more. */
function read(database: DataSource, walked: IndexWalk, after: Position, end: Position | null, most: number): Promise<RawRow[]> {
  const conditions = [...walked.along, before(walked.order, after), ...(end ? [notBefore(walked.order, end)] : []), ...walked.filters];
  const names = columnsOf(database, walked).map(({ databaseName }) => databaseName);
  return select(database, walked, names, conditions, `LIMIT ${most}`);
}

/** Where the next step ends; `null` where it ends with the walk. Only the index is read for it. */
async function stepEnd(database: DataSource, walked: IndexWalk, after: Position): Promise<Position | null> {
  const conditions = [...walked.along, before(walked.order, after)];
  const [last] = await select(database, walked, walked.order, conditions, `LIMIT 1 OFFSET ${STEP - 1}`);
  return last ? positionOf(walked, last) : null;
}

export type RawRow = Readonly<Record<string, unknown>>;

function select(
  database: DataSource,
  { entity, index, order }: IndexWalk,
  columns: readonly string[],
  conditions: readonly Condition[],
  limit: string,
): Promise<RawRow[]> {
  const { tableName } = database.getMetadata(entity);
  const hint = database.options.type === 'better-sqlite3' ? `INDEXED BY ${index}` : `FORCE INDEX (${index})`;
  return database.query(
    `SELECT ${columns.join(', ')} FROM ${tableName} ${hint} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}
     ORDER BY ${order.map((name) => `${name} DESC`).join(', ')} ${limit}`,
    conditions.flatMap(({ values }) => values),
  );
}

/** Written out, because MySQL reads no range from `(a, b) < (?, ?)`. */
function before([first, second]: IndexWalk['order'], [a, b]: Position): Condition {
  if (second === undefined) return where(`${first} < ?`, a!);
  return where(`${first} <= ? AND (${first} < ? OR ${second} < ?)`, a!, a!, b!);
}

function notBefore([first, second]: IndexWalk['order'], [a, b]: Position): Condition {
  if (second === undefined) return where(`${first} >= ?`, a!);
  return where(`${first} >= ? AND (${first} > ? OR ${second} >= ?)`, a!, a!, b!);
}

const positionOf = ({ order }: IndexWalk, row: RawRow): Position => order.map((name) => Number(row[name]));

const columnsOf = (database: DataSource, { entity, properties }: IndexWalk): readonly ColumnMetadata[] =>
  database.getMetadata(entity).columns.filter(({ propertyName }) => properties?.includes(propertyName) ?? true);

function hydrate(database: DataSource, columns: readonly ColumnMetadata[], row: RawRow): object {
  const values: Record<string, unknown> = {};
  for (const column of columns) values[column.propertyName] = database.driver.prepareHydratedValue(row[column.databaseName], column);
  return values;
}

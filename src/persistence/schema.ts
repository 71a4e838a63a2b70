import { type QueryRunner, Table, type TableColumnOptions, TableIndex } from 'typeorm';

import { ID_LENGTH } from './columns';

/** One step of the schema's history. Written to be run again after it was killed half way: MySQL's DDL is not transactional. */
export interface Migration {
  /** Sorts after every earlier one: `0001-people`. */
  readonly name: string;
  up(schema: Schema): Promise<void>;
}

type Extra = Pick<TableColumnOptions, 'isNullable' | 'default' | 'isPrimary' | 'isUnique'>;

interface Index {
  readonly columns: readonly string[];
  readonly unique?: boolean;
}

/** The pieces of a migration that read the same for SQLite, MySQL and MariaDB. */
export class Schema {
  readonly isSqlite: boolean;

  constructor(private readonly runner: QueryRunner) {
    this.isSqlite = runner.dataSource.options.type === 'better-sqlite3';
  }

  /** Creates a table with its indexes in one statement, unless it is there. Index names are made from the columns. */
  async createTable(name: string, columns: readonly TableColumnOptions[], indices: readonly Index[] = []): Promise<void> {
    const table = new Table({
      name,
      columns: [...columns],
      indices: indices.map(
        ({ columns: columnNames, unique = false }) =>
          new TableIndex({ name: indexName(name, columnNames, unique), columnNames: [...columnNames], isUnique: unique }),
      ),
      ...(this.isSqlite ? {} : { engine: 'InnoDB' }),
    });
    await this.runner.createTable(table, true);
  }

  /** Adds columns that may be empty to a table that has been there for longer, unless they are there, too. */
  async addColumns(table: string, columns: readonly TableColumnOptions[]): Promise<void> {
    for (const { name, type } of columns) {
      if (await this.runner.hasColumn(table, name)) continue;
      // TypeORM would copy the whole table on SQLite.
      await this.runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type} NULL`);
    }
  }

  /** Adds an index to a table that has been there for longer, unless the index is there, too. */
  async createIndex(table: string, { columns, unique = false }: Index): Promise<void> {
    const name = indexName(table, columns, unique);
    const found = await this.runner.getTable(table);
    if (found?.indices.some((index) => index.name === name)) return;
    await this.runner.createIndex(table, new TableIndex({ name, columnNames: [...columns], isUnique: unique }));
  }

  /** What has no words of its own here. */
  query(sql: string, values?: unknown[]): Promise<unknown> {
    return this.runner.query(sql, values);
  }

  /** An id or other text compared byte by byte, ASCII only. */
  ascii(name: string, length: number, extra: Extra = {}): TableColumnOptions {
    return this.column(name, 'varchar', { length: String(length), ...this.charset('ascii', 'ascii_bin'), ...extra });
  }

  id(name: string, extra: Extra = {}): TableColumnOptions {
    return this.ascii(name, ID_LENGTH, extra);
  }

  /** Text of people, compared byte by byte. Fold it in code where case shall not matter. */
  text(name: string, length: number, extra: Extra = {}): TableColumnOptions {
    return this.column(name, 'varchar', { length: String(length), ...this.charset('utf8mb4', 'utf8mb4_bin'), ...extra });
  }

  longText(name: string, extra: Extra = {}): TableColumnOptions {
    return this.column(name, 'text', { ...this.charset('utf8mb4', 'utf8mb4_bin'), ...extra });
  }

  json(name: string, extra: Extra = {}): TableColumnOptions {
    return this.longText(name, extra);
  }

  time(name: string, extra: Extra = {}): TableColumnOptions {
    return this.column(name, 'datetime', { precision: 3, ...extra });
  }

  integer(name: string, extra: Extra = {}): TableColumnOptions {
    return this.column(name, this.isSqlite ? 'integer' : 'int', extra);
  }

  bigInteger(name: string, extra: Extra = {}): TableColumnOptions {
    return this.column(name, 'bigint', extra);
  }

  boolean(name: string, extra: Extra = {}): TableColumnOptions {
    return this.column(name, this.isSqlite ? 'boolean' : 'tinyint', extra);
  }

  /** A number that the database counts up. */
  counter(name: string): TableColumnOptions {
    return {
      ...this.column(name, this.isSqlite ? 'integer' : 'int', { isPrimary: true }),
      isGenerated: true,
      generationStrategy: 'increment',
    };
  }

  private column(name: string, type: string, options: Omit<TableColumnOptions, 'name' | 'type'>): TableColumnOptions {
    return { name, type, ...options };
  }

  private charset(charset: string, collation: string): Partial<TableColumnOptions> {
    return this.isSqlite ? {} : { charset, collation };
  }
}

/** The name of an index, the same wherever it is spelled: in a migration and in an entity. */
export const indexName = (table: string, columns: readonly string[], unique = false): string =>
  `${unique ? 'uq' : 'ix'}_${table.replace(/^keystile_/, '')}_${columns.join('_')}`.slice(0, 64);

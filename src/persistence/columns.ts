import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/**
 * The columns that SQLite, MySQL and MariaDB agree on. Anything else goes through `Schema` in a migration; TypeORM's schema
 * diff (a test) keeps the two equal. Names are snake_case on disk; times are set by the application, in UTC with milliseconds.
 */
type Extra = Pick<ColumnOptions, 'nullable' | 'select' | 'default'>;

/** Ours have 30 characters; a host's own ids of people and organizations may be UUIDs. */
export const ID_LENGTH = 36;

export const IdPrimaryColumn = (name = 'id'): PropertyDecorator => PrimaryColumn({ name, type: 'varchar', length: ID_LENGTH });
export const IdColumn = (name: string, extra: Extra = {}): PropertyDecorator =>
  Column({ name, type: 'varchar', length: ID_LENGTH, ...extra });
export const TextColumn = (name: string, length: number, extra: Extra = {}): PropertyDecorator =>
  Column({ name, type: 'varchar', length, ...extra });
/** Text of any length. Not for searching. */
export const LongTextColumn = (name: string, extra: Extra = {}): PropertyDecorator => Column({ name, type: 'text', ...extra });
export const TimeColumn = (name: string, extra: Extra = {}): PropertyDecorator =>
  Column({ name, type: 'datetime', precision: 3, ...extra });
export const IntegerColumn = (name: string, extra: Extra = {}): PropertyDecorator => Column({ name, type: 'int', ...extra });
export const BooleanColumn = (name: string, extra: Extra = {}): PropertyDecorator => Column({ name, type: 'boolean', ...extra });
/** A value kept as JSON text. Neither database looks inside it. */
export const JsonColumn = (name: string, extra: Extra = {}): PropertyDecorator => Column({ name, type: 'simple-json', ...extra });

/** Integers up to 2^53: text on MySQL, a number on SQLite, a number here. */
export const BigIntegerColumn = (name: string, extra: Extra = {}): PropertyDecorator =>
  Column({ name, type: 'bigint', transformer: bigIntegerAsNumber, ...extra });

export const bigIntegerAsNumber = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

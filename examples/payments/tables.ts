import { type DataSource, Table } from 'typeorm';

const text = (name: string, length: number) => ({ name, type: 'varchar', length: String(length) });
const key = (name: string, length: number) => ({ ...text(name, length), isPrimary: true });
const time = (name: string) => ({ name, type: 'datetime', precision: 3 });
/** Every row is an account's, and is live or a test fixture. */
const place = [key('account_id', 36), key('environment', 4), key('id', 36)];

/** The tables of the payments themselves. Those of the keys are made by `migrateKeystile`. */
const TABLES = [
  new Table({ name: 'payments_accounts', columns: [key('id', 36), text('name', 100)] }),
  new Table({
    name: 'payments_people',
    columns: [key('id', 36), text('account_id', 36), text('email', 191), text('password_hash', 200), text('role', 16)],
    uniques: [{ name: 'uq_payments_people_email', columnNames: ['email'] }],
  }),
  new Table({ name: 'payments_users', columns: [...place, text('name', 200), text('email', 191), time('created_at')] }),
  new Table({
    name: 'payments_charges',
    columns: [
      ...place,
      text('user_id', 36),
      { name: 'amount', type: 'integer' },
      text('currency', 3),
      text('status', 16),
      { ...text('reference', 64), isNullable: true },
      time('created_at'),
    ],
  }),
];

export async function createTables(database: DataSource): Promise<void> {
  const runner = database.createQueryRunner();
  try {
    for (const table of TABLES) await runner.createTable(table, true);
  } finally {
    await runner.release();
  }
}

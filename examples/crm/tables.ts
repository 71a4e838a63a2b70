import { type DataSource, Table } from 'typeorm';

const id = { name: 'id', type: 'integer', isPrimary: true, isGenerated: true, generationStrategy: 'increment' } as const;
const text = (name: string, length: number) => ({ name, type: 'varchar', length: String(length) });
const time = (name: string) => ({ name, type: 'datetime', precision: 3 });

/** The tables of the CRM itself. Those of the keys are made by `migrateKeystile`. */
const TABLES = [
  new Table({
    name: 'crm_staff',
    columns: [{ ...text('id', 36), isPrimary: true }, text('email', 191), text('password_hash', 200), text('role', 16)],
    uniques: [{ name: 'uq_crm_staff_email', columnNames: ['email'] }],
  }),
  new Table({
    name: 'crm_clients',
    columns: [id, text('name', 200), { ...text('email', 191), isNullable: true }, time('created_at'), time('updated_at')],
  }),
  new Table({
    name: 'crm_invoices',
    columns: [
      id,
      { name: 'client_id', type: 'integer' },
      { name: 'amount_cents', type: 'integer' },
      text('currency', 3),
      text('status', 16),
      time('created_at'),
      time('updated_at'),
    ],
    indices: [{ name: 'ix_crm_invoices_client_id', columnNames: ['client_id'] }],
  }),
  new Table({
    name: 'crm_page_votes',
    columns: [
      { ...text('answer', 3), isPrimary: true },
      { name: 'votes', type: 'integer' },
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

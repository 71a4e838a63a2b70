import type { Migration } from '../persistence';

export const operationsMigrations: readonly Migration[] = [
  {
    name: '0006-idempotency',
    async up(schema) {
      await schema.createTable(
        'keystile_idempotency_records',
        [
          schema.ascii('id', 64, { isPrimary: true }),
          schema.ascii('request_digest', 64),
          schema.ascii('state', 16),
          schema.integer('status', { isNullable: true }),
          schema.longText('sealed_answer', { isNullable: true }),
          schema.time('expires_at'),
        ],
        [{ columns: ['expires_at'] }],
      );
    },
  },
];

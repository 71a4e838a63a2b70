import type { Migration } from '../persistence';

export const coordinationMigrations: readonly Migration[] = [
  {
    name: '0017-replicas',
    async up(schema) {
      await schema.createTable('keystile_epochs', [
        schema.integer('id', { isPrimary: true }),
        schema.bigInteger('epoch'),
        schema.ascii('mark', 26),
        schema.ascii('installation', 26),
      ]);
      await schema.createTable('keystile_epoch_changes', [
        schema.bigInteger('epoch', { isPrimary: true }),
        schema.id('organization_id', { isPrimary: true }),
        schema.ascii('mark', 26),
      ]);
      await schema.createTable('keystile_replicas', [
        schema.id('id', { isPrimary: true }),
        schema.text('name', 255),
        schema.bigInteger('seen_epoch'),
        schema.bigInteger('renewals'),
        schema.time('started_at'),
        schema.time('renewed_at'),
        schema.time('ended_at', { isNullable: true }),
      ]);
    },
  },
];

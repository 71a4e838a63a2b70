import type { Migration } from '../persistence';

export const noticeMigrations: readonly Migration[] = [
  {
    name: '0007-notices',
    async up(schema) {
      await schema.createTable('keystile_key_notices', [
        schema.id('key_id', { isPrimary: true }),
        schema.ascii('reason', 24, { isPrimary: true }),
        schema.time('about'),
        schema.time('given_at'),
      ]);
      await schema.createTable('keystile_key_networks', [
        schema.id('key_id', { isPrimary: true }),
        schema.ascii('network', 49, { isPrimary: true }),
        schema.time('first_used_at'),
        schema.time('last_used_at'),
      ]);
    },
  },
];

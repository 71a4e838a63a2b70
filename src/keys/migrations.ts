import type { Migration } from '../persistence';

export const keyMigrations: readonly Migration[] = [
  {
    name: '0004-keys',
    async up(schema) {
      await schema.createTable(
        'api_keys',
        [
          schema.id('id', { isPrimary: true }),
          schema.ascii('realm', 32),
          schema.id('organization_id'),
          schema.text('name', 100),
          schema.text('name_folded', 200),
          schema.text('description', 500, { isNullable: true }),
          schema.ascii('environment', 8),
          schema.json('scopes'),
          schema.json('ip_allowlist'),
          schema.json('referrer_allowlist'),
          schema.json('endpoint_allowlist'),
          schema.time('expires_at', { isNullable: true }),
          schema.integer('rate_limit', { isNullable: true }),
          schema.integer('rate_limit_window_seconds', { isNullable: true }),
          schema.ascii('owner_type', 16),
          schema.ascii('owner_id', 64),
          schema.ascii('on_owner_removed', 8),
          schema.json('metadata'),
          schema.time('disabled_at', { isNullable: true }),
          schema.time('revoked_at', { isNullable: true }),
          schema.id('revoked_by', { isNullable: true }),
          schema.text('revoke_reason', 500, { isNullable: true }),
          schema.time('created_at'),
          schema.id('created_by'),
          schema.time('last_used_at', { isNullable: true }),
          schema.ascii('last_used_ip', 45, { isNullable: true }),
          schema.time('secret_issued_at'),
          schema.time('rotated_at', { isNullable: true }),
          schema.integer('version'),
          schema.integer('active_slot', { isNullable: true }),
        ],
        [
          { columns: ['organization_id', 'id'] },
          { columns: ['owner_type', 'owner_id'] },
          { columns: ['realm', 'owner_type', 'owner_id', 'active_slot'], unique: true },
        ],
      );
      await schema.createTable(
        'api_key_credentials',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('key_id'),
          schema.ascii('digest', 255),
          schema.ascii('lookup_id', 32),
          schema.ascii('prefix', 40),
          schema.ascii('algorithm', 16),
          schema.ascii('pepper_id', 16, { isNullable: true }),
          schema.ascii('state', 8),
          schema.time('created_at'),
          schema.time('retires_at', { isNullable: true }),
          schema.time('last_used_at', { isNullable: true }),
        ],
        [{ columns: ['digest'], unique: true }, { columns: ['lookup_id'] }, { columns: ['key_id'] }],
      );
      await schema.createTable(
        'api_key_scopes',
        [schema.id('key_id', { isPrimary: true }), schema.ascii('scope', 100, { isPrimary: true })],
        [{ columns: ['scope'] }],
      );
    },
  },
  {
    name: '0007-key-dates',
    async up(schema) {
      await schema.createIndex('api_keys', { columns: ['organization_id', 'created_by', 'id'] });
      await schema.createIndex('api_keys', { columns: ['expires_at', 'id'] });
      await schema.createIndex('api_keys', { columns: ['secret_issued_at', 'id'] });
    },
  },
  {
    name: '0010-key-owners',
    async up(schema) {
      await schema.createTable('api_key_owners', [
        schema.ascii('realm', 32, { isPrimary: true }),
        schema.ascii('owner_type', 16, { isPrimary: true }),
        schema.ascii('owner_id', 64, { isPrimary: true }),
      ]);
    },
  },
  {
    name: '0016-key-imports',
    async up(schema) {
      await schema.createTable(
        'api_key_imports',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.text('name', 100),
          schema.time('created_at'),
          schema.id('created_by'),
        ],
        [{ columns: ['organization_id', 'id'] }],
      );
      await schema.createTable(
        'api_key_import_lines',
        [
          schema.id('import_id', { isPrimary: true }),
          schema.text('external_id', 100, { isPrimary: true }),
          schema.ascii('outcome', 8),
          schema.ascii('reason', 40, { isNullable: true }),
          schema.text('detail', 500, { isNullable: true }),
          schema.id('key_id', { isNullable: true }),
          schema.time('at'),
        ],
        [{ columns: ['import_id', 'outcome', 'external_id'] }],
      );
    },
  },
];

import type { Migration } from '../persistence';

export const organizationMigrations: readonly Migration[] = [
  {
    name: '0001-people',
    async up(schema) {
      await schema.createTable('keystile_organizations', [
        schema.id('id', { isPrimary: true }),
        schema.text('name', 100),
        schema.ascii('status', 16),
        schema.time('suspended_at', { isNullable: true }),
        schema.time('deleted_at', { isNullable: true }),
        schema.time('created_at'),
        schema.integer('version'),
        schema.integer('call_log_retention_days', { isNullable: true }),
        schema.integer('usage_retention_days', { isNullable: true }),
        schema.integer('max_key_lifetime_seconds', { isNullable: true }),
        schema.boolean('key_expiry_required'),
        schema.boolean('key_allowlist_required'),
        schema.integer('default_rate_limit', { isNullable: true }),
        schema.integer('default_rate_limit_window_seconds', { isNullable: true }),
      ]);
      await schema.createTable(
        'keystile_users',
        [
          schema.id('id', { isPrimary: true }),
          schema.text('email', 254, { isNullable: true }),
          schema.text('email_folded', 508, { isNullable: true }),
          schema.text('name', 100),
          schema.ascii('password_hash', 255),
          schema.boolean('operator', { isNullable: true }),
          schema.time('created_at'),
          schema.time('deleted_at', { isNullable: true }),
          schema.integer('version'),
        ],
        [
          { columns: ['email_folded'], unique: true },
          { columns: ['operator'], unique: true },
        ],
      );
      await schema.createTable(
        'keystile_memberships',
        [
          schema.id('organization_id', { isPrimary: true }),
          schema.id('user_id', { isPrimary: true }),
          schema.id('role'),
          schema.time('created_at'),
          schema.integer('version'),
        ],
        [{ columns: ['user_id'] }, { columns: ['organization_id', 'created_at', 'user_id'] }],
      );
      await schema.createTable(
        'keystile_roles',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.text('name', 100),
          schema.text('name_folded', 200, { isNullable: true }),
          schema.text('description', 500),
          schema.json('scopes'),
          schema.time('created_at'),
          schema.time('deleted_at', { isNullable: true }),
          schema.integer('version'),
        ],
        [{ columns: ['organization_id', 'name_folded'], unique: true }, { columns: ['organization_id', 'created_at', 'id'] }],
      );
      await schema.createTable(
        'keystile_service_accounts',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.text('name', 100),
          schema.text('name_folded', 200, { isNullable: true }),
          schema.text('description', 500),
          schema.id('role'),
          schema.time('disabled_at', { isNullable: true }),
          schema.time('deleted_at', { isNullable: true }),
          schema.id('created_by'),
          schema.time('created_at'),
          schema.integer('version'),
        ],
        [{ columns: ['organization_id', 'name_folded'], unique: true }, { columns: ['organization_id', 'created_at', 'id'] }],
      );
      await schema.createTable(
        'keystile_invitations',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.text('email', 254),
          schema.text('open_for', 508, { isNullable: true }),
          schema.id('role'),
          schema.ascii('token_digest', 64),
          schema.id('created_by'),
          schema.time('created_at'),
          schema.time('expires_at'),
          schema.time('accepted_at', { isNullable: true }),
          schema.time('revoked_at', { isNullable: true }),
        ],
        [
          { columns: ['token_digest'], unique: true },
          { columns: ['organization_id', 'open_for'], unique: true },
          { columns: ['organization_id', 'created_at', 'id'] },
        ],
      );
      await schema.createTable(
        'keystile_sessions',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('user_id'),
          schema.id('organization_id'),
          schema.ascii('salt', 32),
          schema.integer('generation'),
          schema.time('rotated_at'),
          schema.time('created_at'),
          schema.time('expires_at'),
          schema.time('ended_at', { isNullable: true }),
          schema.ascii('end_reason', 24, { isNullable: true }),
          schema.ascii('ip', 45),
          schema.text('user_agent', 256, { isNullable: true }),
        ],
        [{ columns: ['user_id', 'created_at', 'id'] }, { columns: ['organization_id'] }],
      );
      await schema.createTable(
        'keystile_one_time_tokens',
        [
          schema.id('id', { isPrimary: true }),
          schema.ascii('purpose', 16),
          schema.ascii('digest', 64),
          schema.id('user_id', { isNullable: true }),
          schema.time('created_at'),
          schema.time('expires_at'),
          schema.time('used_at', { isNullable: true }),
        ],
        [{ columns: ['digest'], unique: true }, { columns: ['user_id'] }],
      );
    },
  },
  {
    name: '0019-organization-limits',
    async up(schema) {
      await schema.addColumns('keystile_organizations', [schema.integer('rate_limit'), schema.integer('rate_limit_window_seconds')]);
    },
  },
  {
    name: '0020-expired-people-rows',
    async up(schema) {
      for (const table of ['keystile_sessions', 'keystile_one_time_tokens', 'keystile_invitations']) {
        await schema.createIndex(table, { columns: ['expires_at'] });
      }
    },
  },
];

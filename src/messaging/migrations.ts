import type { Migration } from '../persistence';

export const messagingMigrations: readonly Migration[] = [
  {
    name: '0005-messages',
    async up(schema) {
      await schema.createTable(
        'keystile_messages',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.ascii('environment', 4),
          schema.ascii('channel', 16),
          schema.ascii('status', 16),
          schema.json('recipients'),
          schema.integer('attempts'),
          schema.integer('resends'),
          schema.time('due_at', { isNullable: true }),
          schema.ascii('claimed_by', 36, { isNullable: true }),
          schema.text('last_error', 500, { isNullable: true }),
          schema.text('provider_message_id', 255, { isNullable: true }),
          schema.time('created_at'),
          schema.time('sent_at', { isNullable: true }),
        ],
        [
          { columns: ['channel', 'due_at'] },
          { columns: ['organization_id', 'id'] },
          { columns: ['organization_id', 'status', 'id'] },
          { columns: ['organization_id', 'channel', 'id'] },
        ],
      );
      await schema.createTable('keystile_message_blobs', [
        schema.id('owner_id', { isPrimary: true }),
        schema.integer('piece', { isPrimary: true }),
        { name: 'bytes', type: 'blob' },
      ]);
      await schema.createTable(
        'keystile_header_images',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.ascii('content_type', 16),
          schema.time('created_at'),
          schema.time('used_at'),
          schema.text('provider_media_id', 255, { isNullable: true }),
          schema.ascii('provider_phone_id', 64, { isNullable: true }),
          schema.time('provider_media_at', { isNullable: true }),
        ],
        [{ columns: ['used_at'] }],
      );
    },
  },
];

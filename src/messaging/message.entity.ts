import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Environment } from '../common';
import { ID_LENGTH, IdColumn, IdPrimaryColumn, indexName, IntegerColumn, JsonColumn, TextColumn, TimeColumn } from '../persistence';
import type { Channel } from './channel';

/** `outbox` is final: the message was kept and did not leave. */
export const MESSAGE_STATUSES = ['queued', 'sending', 'sent', 'failed', 'outbox'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export const MESSAGES = 'keystile_messages';
export const LONGEST_ERROR = 500;
export const LONGEST_PROVIDER_ID = 255;

/** A message and how far it has come. What it says is in `MessageBlob`, so that lists stay light. */
@Entity(MESSAGES)
@Index(indexName(MESSAGES, ['channel', 'due_at']), ['channel', 'dueAt'])
@Index(indexName(MESSAGES, ['organization_id', 'id']), ['organizationId', 'id'])
@Index(indexName(MESSAGES, ['organization_id', 'status', 'id']), ['organizationId', 'status', 'id'])
@Index(indexName(MESSAGES, ['organization_id', 'channel', 'id']), ['organizationId', 'channel', 'id'])
export class Message {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  /** Of the credential that sent it. Messages of test keys never leave. */
  @TextColumn('environment', 4)
  readonly environment!: Environment;

  @TextColumn('channel', 16)
  readonly channel!: Channel;

  @TextColumn('status', 16)
  readonly status!: MessageStatus;

  @JsonColumn('recipients')
  readonly recipients!: readonly string[];

  /** Counted when one begins, so that a message that kills the process is not tried for ever. */
  @IntegerColumn('attempts')
  readonly attempts!: number;

  /** How often people asked for it again after it had ended. Each time it is a new message to the provider. */
  @IntegerColumn('resends')
  readonly resends!: number;

  /** When a worker may take it: at the next attempt or, while it is being sent, when that worker must be dead. `null` once it has ended. */
  @TimeColumn('due_at', { nullable: true })
  readonly dueAt!: Date | null;

  /** Drawn anew for each attempt: only the worker that holds it may say how the attempt ended. */
  @TextColumn('claimed_by', 36, { nullable: true })
  readonly claimedBy!: string | null;

  @TextColumn('last_error', LONGEST_ERROR, { nullable: true })
  readonly lastError!: string | null;

  @TextColumn('provider_message_id', LONGEST_PROVIDER_ID, { nullable: true })
  readonly providerMessageId!: string | null;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('sent_at', { nullable: true })
  readonly sentAt!: Date | null;
}

export const MESSAGE_BLOBS = 'keystile_message_blobs';

/** What a message says, or a header image, in pieces: the widest column that both databases agree on holds 64 KiB. */
@Entity(MESSAGE_BLOBS)
export class MessageBlob {
  /** `msg_…` or `img_…`. */
  @PrimaryColumn({ name: 'owner_id', type: 'varchar', length: ID_LENGTH })
  readonly ownerId!: string;

  @PrimaryColumn({ name: 'piece', type: 'int' })
  readonly piece!: number;

  @Column({ name: 'bytes', type: 'blob' })
  readonly bytes!: Buffer;
}

export const HEADER_IMAGES = 'keystile_header_images';

/** A picture above a WhatsApp message, uploaded once and used often. */
@Entity(HEADER_IMAGES)
@Index(indexName(HEADER_IMAGES, ['used_at']), ['usedAt'])
export class HeaderImage {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('content_type', 16)
  readonly contentType!: 'image/png' | 'image/jpeg';

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  /** When a message last asked for it. */
  @TimeColumn('used_at')
  readonly usedAt!: Date;

  /** Where the provider keeps its copy, for which sender, and since when. */
  @TextColumn('provider_media_id', LONGEST_PROVIDER_ID, { nullable: true })
  readonly providerMediaId!: string | null;

  @TextColumn('provider_phone_id', 64, { nullable: true })
  readonly providerPhoneId!: string | null;

  @TimeColumn('provider_media_at', { nullable: true })
  readonly providerMediaAt!: Date | null;
}

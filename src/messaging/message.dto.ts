import { IsIn, IsOptional } from 'class-validator';

import { PageQueryDto } from '../http';
import { CHANNELS } from './channel';
import { MESSAGE_STATUSES } from './message.entity';

/** The message was accepted; `GET /messages/{messageId}` shows what becomes of it. */
export class AcceptedMessageView {
  readonly messageId!: string;
  readonly status!: 'queued';
}

export class MessageQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(MESSAGE_STATUSES)
  readonly status?: 'queued' | 'sending' | 'sent' | 'failed' | 'outbox';

  @IsOptional()
  @IsIn(CHANNELS)
  readonly channel?: 'sms' | 'whatsapp' | 'email';
}

export class MessageView {
  readonly id!: string;
  readonly channel!: 'sms' | 'whatsapp' | 'email';
  /** `outbox`: it was kept and did not leave, because it was sent with a test key or the channel has no provider. */
  readonly status!: 'queued' | 'sending' | 'sent' | 'failed' | 'outbox';
  readonly environment!: 'live' | 'test';
  /** Phone numbers or e-mail addresses. */
  readonly to!: readonly string[];
  readonly attempts!: number;
  /** While it is queued: when the next attempt is due. */
  readonly nextAttemptAt!: Date | null;
  /** What the provider last said against it. */
  readonly lastError!: string | null;
  readonly providerMessageId!: string | null;
  readonly createdAt!: Date;
  readonly sentAt!: Date | null;
}

export class MessageListView {
  readonly data!: readonly MessageView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

export class TemplateView {
  readonly name!: string;
  readonly language!: string;
  readonly parameters!: readonly string[];
}

/** What a message says. Fields that its channel does not have are `null`. */
export class MessageContentView {
  readonly text!: string | null;
  readonly html!: string | null;
  readonly subject!: string | null;
  readonly cc!: readonly string[];
  readonly replyTo!: string | null;
  readonly template!: TemplateView | null;
  readonly headerImageId!: string | null;
}

export class MessageDetailView extends MessageView {
  /** `null` for callers that may not send on this channel: they see how it went, not what it says. */
  readonly content!: MessageContentView | null;
}

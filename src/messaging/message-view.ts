import type { Principal } from '../common';
import type { MessageView } from './message.dto';
import type { Message } from './message.entity';

/** Which messages a caller may know of: its organization's, and with a test key those of test keys only. */
export const visibleTo = ({ organizationId, environment }: Principal): { organizationId: string; environment?: 'test' } =>
  environment === 'test' ? { organizationId, environment } : { organizationId };

export function messageView(message: Message): MessageView {
  const { id, channel, status, environment, recipients, attempts, dueAt, lastError, providerMessageId, createdAt, sentAt } = message;
  return {
    id,
    channel,
    status,
    environment,
    to: recipients,
    attempts,
    nextAttemptAt: status === 'queued' ? dueAt : null,
    lastError,
    providerMessageId,
    createdAt,
    sentAt,
  };
}

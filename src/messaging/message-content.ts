import { invalidField } from '../common';
import type { Channel } from './channel';
import { MOST_RECIPIENTS, type SendEmailDto } from './email.dto';
import type { MessageContentView } from './message.dto';
import type { SendSmsDto } from './sms.dto';
import type { SendWhatsappDto } from './whatsapp.dto';

/** What a message says, as it is kept, shown, and handed to the provider. */
export type MessageContent = Readonly<MessageContentView>;

/** A message on its way into the outbox. */
export interface Draft {
  readonly channel: Channel;
  readonly to: readonly string[];
  readonly content: MessageContent;
}

const EMPTY: MessageContent = { text: null, html: null, subject: null, cc: [], replyTo: null, template: null, headerImageId: null };

/** The provider's limit on the text under a picture. */
const LONGEST_CAPTION = 1024;

export const smsDraft = ({ to, text }: SendSmsDto): Draft => ({ channel: 'sms', to: [to], content: { ...EMPTY, text } });

/** @throws Problem `validation_failed` where the fields do not go together */
export function whatsappDraft({ to, text, template, headerImageId }: SendWhatsappDto): Draft {
  if ((text ?? undefined) === undefined && !template) throw invalidField('/text', 'either text or template is needed');
  if ((text ?? undefined) !== undefined && template) throw invalidField('/text', 'text and template exclude each other');
  if (text && headerImageId && text.length > LONGEST_CAPTION) {
    throw invalidField('/text', `must be at most ${LONGEST_CAPTION} characters under a header image`);
  }
  const filled = template ? { name: template.name, language: template.language, parameters: template.parameters ?? [] } : null;
  return {
    channel: 'whatsapp',
    to: [to],
    content: { ...EMPTY, text: text ?? null, template: filled, headerImageId: headerImageId ?? null },
  };
}

/** @throws Problem `validation_failed` where the fields do not go together */
export function emailDraft({ to, cc, subject, text, html, replyTo }: SendEmailDto): Draft {
  if (!text && !html) throw invalidField('/text', 'at least one of text and html is needed');
  if (to.length + (cc?.length ?? 0) > MOST_RECIPIENTS) {
    throw invalidField('/cc', `to and cc together must be at most ${MOST_RECIPIENTS} addresses`);
  }
  return {
    channel: 'email',
    to,
    content: { ...EMPTY, subject, cc: cc ?? [], text: text ?? null, html: html ?? null, replyTo: replyTo ?? null },
  };
}

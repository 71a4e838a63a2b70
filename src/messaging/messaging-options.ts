/** Over SMTP, or not at all. */
export type EmailProvider =
  | { readonly kind: 'outbox' }
  /** `url` is `smtp://user:password@host:port` or `smtps://…`; `from` is `Name <address>`. */
  | { readonly kind: 'smtp'; readonly url: string; readonly from: string };

/** By a Twilio-style messages API, or not at all. */
export type SmsProvider =
  | { readonly kind: 'outbox' }
  | { readonly kind: 'twilio'; readonly url: string; readonly account: string; readonly token: string; readonly from: string };

/** By the WhatsApp Cloud API, or not at all. */
export type WhatsappProvider =
  | { readonly kind: 'outbox' }
  /** `url` carries the version: `https://graph.facebook.com/v23.0`. */
  | { readonly kind: 'cloud-api'; readonly url: string; readonly phoneId: string; readonly token: string };

export interface MessagingOptions {
  readonly email: EmailProvider;
  readonly sms: SmsProvider;
  readonly whatsapp: WhatsappProvider;
  /** What `POST /whatsapp/test` sends. */
  readonly testMessage: string;
  /** How often the worker looks for messages that are due; new ones of this process wake it at once. Default 1000. */
  readonly pollMs?: number;
  /** How long finished messages and unused header images are kept. Default 90. */
  readonly retentionDays?: number;
}

export const MESSAGING_OPTIONS = Symbol('keystile:messaging-options');

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
  /** `url` is `smtp://user:password@host:port` or `smtps://…`; without it e-mail stays in the outbox. `from` is `Name <address>`. */
  readonly smtp: { readonly url: string | undefined; readonly from: string };
  readonly sms: SmsProvider;
  readonly whatsapp: WhatsappProvider;
  /** What `POST /whatsapp/test` sends. */
  readonly testMessage: string;
  /** How often the worker looks for messages that are due; new ones of this process wake it at once. Default 1000. */
  readonly pollMs?: number;
  /** How long finished messages and unused header images are kept. Default 90. */
  readonly retentionDays?: number;
}

interface SmsSettings {
  readonly SMS_PROVIDER: 'outbox' | 'twilio';
  readonly SMS_PROVIDER_URL: string;
  readonly SMS_PROVIDER_ACCOUNT?: string | undefined;
  readonly SMS_PROVIDER_TOKEN?: string | undefined;
  readonly SMS_PROVIDER_FROM?: string | undefined;
}

/** The provider that settings of these names describe. Ones that need each other were checked when they were read. */
export function smsProviderOf(settings: SmsSettings): SmsProvider {
  if (settings.SMS_PROVIDER === 'outbox') return { kind: 'outbox' };
  const {
    SMS_PROVIDER_URL: url,
    SMS_PROVIDER_ACCOUNT: account = '',
    SMS_PROVIDER_TOKEN: token = '',
    SMS_PROVIDER_FROM: from = '',
  } = settings;
  return { kind: 'twilio', url, account, token, from };
}

interface WhatsappSettings {
  readonly WHATSAPP_PROVIDER: 'outbox' | 'cloud-api';
  readonly WHATSAPP_PROVIDER_URL: string;
  readonly WHATSAPP_PROVIDER_PHONE_ID?: string | undefined;
  readonly WHATSAPP_PROVIDER_TOKEN?: string | undefined;
}

export function whatsappProviderOf(settings: WhatsappSettings): WhatsappProvider {
  if (settings.WHATSAPP_PROVIDER === 'outbox') return { kind: 'outbox' };
  const { WHATSAPP_PROVIDER_URL: url, WHATSAPP_PROVIDER_PHONE_ID: phoneId = '', WHATSAPP_PROVIDER_TOKEN: token = '' } = settings;
  return { kind: 'cloud-api', url, phoneId, token };
}

export const MESSAGING_OPTIONS = Symbol('keystile:messaging-options');

import type { ScopeDescriptions } from '../permissions';

/** The ways a message can go. */
export const CHANNELS = ['sms', 'whatsapp', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a caller has to hold to send on a channel, and to read what was sent on it. */
export const SCOPE_OF = { sms: 'send_sms', whatsapp: 'send_whatsapp', email: 'send_email' } as const satisfies Record<Channel, string>;

export const messagingScopes: ScopeDescriptions = {
  send_sms: { description: 'Send SMS and read what became of them.' },
  send_whatsapp: { description: 'Send WhatsApp messages, upload their header images, and read what became of them.' },
  send_email: { description: 'Send e-mail and read what became of it.' },
};

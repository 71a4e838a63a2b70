import { escapeControls, redact } from '../common';
import type { MessageContent } from './message-content';
import { LONGEST_ERROR, LONGEST_PROVIDER_ID } from './message.entity';

/** A message as a provider gets it. */
export interface OutgoingMessage {
  /** The same for each attempt at one sending: what a provider that can tells duplicates by. */
  readonly deliveryId: string;
  readonly organizationId: string;
  readonly to: readonly string[];
  readonly content: MessageContent;
}

/** What came of one attempt. */
export type Delivery =
  | { readonly outcome: 'sent'; readonly providerMessageId: string | null; readonly note?: string }
  /** For good: the same message would be refused again. */
  | { readonly outcome: 'refused'; readonly error: string }
  /** For now: it may go through later, or may even have gone through already. */
  | { readonly outcome: 'postponed'; readonly error: string; readonly retryAfterSeconds?: number };

/** Hands messages of one channel over. Never throws for what the other side says or fails to say. */
export interface Provider {
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<Delivery>;
}

const SHORTEST_SECRET = 4;

/** A provider's words, fit to be kept and shown: on one line, bounded, without anything that looks like or is one of our credentials. */
export function publicError(words: string, credentials: readonly string[] = []): string {
  const struck = credentials
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .reduce((text, credential) => text.replaceAll(credential, '[redacted]'), words);
  return cut(escapeControls(redact(struck)), LONGEST_ERROR);
}

/** An id as the provider gave it, or `null` where it is none that could be kept. */
export const providerId = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_PROVIDER_ID
    ? escapeControls(value).slice(0, LONGEST_PROVIDER_ID)
    : null;

/** Whole characters only: half a surrogate pair cannot be kept. */
const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

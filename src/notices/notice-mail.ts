import { escapeControls, redact } from '../common';

/** What happened to a key that somebody has to know. */
export type KeyNews = { readonly name: string; readonly prefix: string } & (
  | { readonly kind: 'expiry_near'; readonly expiresAt: Date }
  | { readonly kind: 'rotation_due'; readonly secretIssuedAt: Date }
  | { readonly kind: 'new_network'; readonly network: string; readonly at: Date; readonly refusedWith: string | null }
);

/** The longest list that somebody reads. */
const MOST_LINES = 20;

/** One mail about news of one kind. Texts of people stand in it as text: on one line, and without anything that looks like a secret. */
export function mailAbout(news: readonly KeyNews[], organizationName: string, link: string): { subject: string; text: string } {
  const [first] = news;
  const of = news.length === 1 ? `An API key of ${shown(organizationName)}` : `${news.length} API keys of ${shown(organizationName)}`;
  const [predicate, advice] = WORDS[first!.kind](news.length === 1);
  const lines = news.slice(0, MOST_LINES).map((one) => `- "${shown(one.name)}" (${one.prefix}) ${lineOf(one)}`);
  if (news.length > MOST_LINES) lines.push(`- and ${news.length - MOST_LINES} more`);
  return { subject: `${of} ${predicate}`, text: `${lines.join('\n')}\n\n${advice}\n\n${link}\n\n${WHY_YOU}\n` };
}

const WHY_YOU = 'You get this because the key is yours, or because you run the organization.';

const WORDS: Readonly<Record<KeyNews['kind'], (one: boolean) => readonly [predicate: string, advice: string]>> = {
  expiry_near: (one) => [
    one ? 'expires soon' : 'expire soon',
    'Calls are refused from then on. To prevent it, move the expiry, or rotate the key and give it a later one:',
  ],
  rotation_due: (one) => [
    one ? 'is due for rotation' : 'are due for rotation',
    'Secrets are to be replaced every 90 days. Rotate with an overlap, deploy the new secret, and nothing is interrupted:',
  ],
  new_network: (one) => [
    one ? 'was used from a new network' : 'were used from new networks',
    'If that was none of your systems, somebody else has the key. Revoke or rotate it at once:',
  ],
};

function lineOf(news: KeyNews): string {
  if (news.kind === 'expiry_near') return `expires on ${utc(news.expiresAt)}.`;
  if (news.kind === 'rotation_due') return `has had its secret since ${utc(news.secretIssuedAt)}.`;
  return `came from ${news.network} on ${utc(news.at)}${news.refusedWith === null ? '' : `, and was refused (${news.refusedWith})`}.`;
}

/** `2026-01-15 10:00 UTC`. */
const utc = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Characters that turn the direction of the text around them. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const shown = (text: string): string => escapeControls(redact(text)).replace(TURNING, '');

import type { Key } from '../../api';
import type { Tone } from '../../components';
import { DAY_MS, formatDay, formatRelative } from '../../lib/time';

/** How a key stands, in a word, and why. */
export interface Standing {
  readonly word: string;
  readonly tone: Tone;
  readonly reason: string;
}

const SOON_MS = 7 * DAY_MS;

/** @param now milliseconds since 1970 */
export function standingOf(key: Key, now = Date.now()): Standing {
  const { status, revokedAt, revokeReason, expiresAt, credentials } = key;
  if (status === 'revoked') {
    const when = revokedAt ? formatRelative(new Date(revokedAt), now) : 'before';
    return { word: 'Revoked', tone: 'bad', reason: `Revoked ${when}${revokeReason ? `: ${revokeReason}` : ''}. It cannot be used again.` };
  }
  if (status === 'expired') {
    return { word: 'Expired', tone: 'bad', reason: `It ended on ${formatDay(new Date(expiresAt!))}. Rotate it to use it again.` };
  }
  if (status === 'disabled') return { word: 'Disabled', tone: 'warn', reason: 'Calls with it are refused until somebody enables it.' };
  const retiring = credentials.find(({ state }) => state === 'retiring');
  if (retiring?.retiresAt) {
    return { word: 'Rotating', tone: 'warn', reason: `The old secret ends ${formatRelative(new Date(retiring.retiresAt), now)}.` };
  }
  if (expiresAt && new Date(expiresAt).getTime() - now < SOON_MS) {
    return { word: 'Ends soon', tone: 'warn', reason: `It expires ${formatRelative(new Date(expiresAt), now)}.` };
  }
  return {
    word: 'Active',
    tone: 'good',
    reason: expiresAt ? `It works until ${formatDay(new Date(expiresAt))}.` : 'It works, and does not expire.',
  };
}

/** Whether its secret is older than 90 days, on a key that could still be used. */
export const isRotationDue = ({ status, rotationDueAt }: Key, now = Date.now()): boolean =>
  (status === 'active' || status === 'disabled') && new Date(rotationDueAt).getTime() <= now;

/** Whether anything can still be done with it. */
export const isAlive = ({ status }: Key): boolean => status !== 'revoked';

/** What narrows a key down, in words: `2 addresses`. */
export function restrictionsOf({
  allowedIps,
  allowedReferrers,
  allowedEndpoints,
  rateLimit,
}: Key): ReadonlyArray<readonly [string, string]> {
  const counted = (list: readonly string[], one: string, many: string): ReadonlyArray<readonly [string, string]> =>
    list.length === 0 ? [] : [[`${list.length} ${list.length === 1 ? one : many}`, list.join('\n')]];
  return [
    ...counted(allowedIps, 'address', 'addresses'),
    ...counted(allowedReferrers, 'origin', 'origins'),
    ...counted(
      allowedEndpoints.map(({ method, path }) => `${method} ${path}`),
      'endpoint',
      'endpoints',
    ),
    ...(rateLimit ? [[rateOf(rateLimit), `At most ${rateLimit.limit} calls in ${rateLimit.windowSeconds} seconds`] as const] : []),
  ];
}

const WINDOWS: Readonly<Record<number, string>> = { 1: 's', 60: 'min', 3600: 'h', 86_400: 'day' };

/** `100/min`. */
export const rateOf = ({ limit, windowSeconds }: { limit: number; windowSeconds: number }): string =>
  `${limit.toLocaleString('en')}/${WINDOWS[windowSeconds] ?? `${windowSeconds} s`}`;

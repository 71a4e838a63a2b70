import { ROTATION_DUE_AFTER_MS, type KeyDate, type WatchedKey } from '../keys';
import type { NoticeReason } from './key-notice.entity';

/** A notice that one of a key's dates calls for. */
export interface DateNotice {
  readonly reason: NoticeReason;
  readonly action: 'api_key.expiry_near' | 'api_key.rotation_due';
  readonly date: KeyDate;
  /** Keys whose date is later than `after`, and `until` at the latest, may be due. */
  window(now: Date): { readonly after: Date; readonly until: Date };
  /** Keys stay in the window for good, those that were told about among them. */
  readonly accumulates: boolean;
  isDue(key: WatchedKey, now: Date): boolean;
  /** What the audit event tells. */
  facts(key: WatchedKey): object;
}

const DAY_MS = 24 * 3600 * 1000;
const daysAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * DAY_MS);

/**
 * Told when a key has `days` left, and more than `untilDays`. A key that was made to live no longer than that has its end in
 * the plan of whoever made it, and calls for nothing.
 */
const expiryNotice = (reason: NoticeReason, days: number, untilDays: number): DateNotice => ({
  reason,
  action: 'api_key.expiry_near',
  date: 'expiresAt',
  window: (now) => ({ after: daysAfter(now, untilDays), until: daysAfter(now, days) }),
  accumulates: false,
  isDue: ({ revokedAt, disabledAt, createdAt, expiresAt }, now) =>
    revokedAt === null &&
    disabledAt === null &&
    expiresAt !== null &&
    expiresAt > daysAfter(now, untilDays) &&
    expiresAt <= daysAfter(now, days) &&
    expiresAt > daysAfter(createdAt, days),
  facts: ({ expiresAt }) => ({ days, expiresAt }),
});

const rotationDueSince = (now: Date): Date => new Date(now.getTime() - ROTATION_DUE_AFTER_MS);

export const DATE_NOTICES: readonly DateNotice[] = [
  expiryNotice('expiry_14_days', 14, 3),
  expiryNotice('expiry_3_days', 3, 0),
  {
    reason: 'rotation_due',
    action: 'api_key.rotation_due',
    date: 'secretIssuedAt',
    window: (now) => ({ after: new Date(0), until: rotationDueSince(now) }),
    accumulates: true,
    isDue: ({ revokedAt, disabledAt, expiresAt, secretIssuedAt }, now) =>
      revokedAt === null && disabledAt === null && (expiresAt === null || expiresAt > now) && secretIssuedAt <= rotationDueSince(now),
    facts: ({ secretIssuedAt }) => ({ secretIssuedAt }),
  },
];

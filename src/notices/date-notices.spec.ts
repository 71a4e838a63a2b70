import type { WatchedKey } from '../keys';
import { DATE_NOTICES } from './date-notices';

const NOW = new Date('2026-06-15T12:00:00.000Z');
const DAY_MS = 24 * 3600 * 1000;
const days = (count: number, milliseconds = 0): Date => new Date(NOW.getTime() + count * DAY_MS + milliseconds);

const aKey = (given: Partial<WatchedKey> = {}): WatchedKey => ({
  id: 'key_00000000000000000000000001',
  organizationId: 'org_00000000000000000000000001',
  name: 'nightly job',
  environment: 'live',
  ownerType: 'user',
  ownerId: 'usr_00000000000000000000000001',
  createdAt: days(-30),
  expiresAt: null,
  secretIssuedAt: days(-30),
  disabledAt: null,
  revokedAt: null,
  ...given,
});

/** What a key is due for: because of its own dates, and because a walk along the index would meet it. */
const reasonsFor = (key: WatchedKey) => {
  const due = DATE_NOTICES.filter((notice) => notice.isDue(key, NOW));
  for (const { date, window } of due) {
    const at = key[date]!;
    expect(at > window(NOW).after && at <= window(NOW).until).toBe(true);
  }
  return due.map(({ reason }) => reason);
};

describe('the dates of a key', () => {
  it.each([
    ['it never expires', {}, []],
    ['14 days and an instant are left', { expiresAt: days(14, 1) }, []],
    ['14 days are left', { expiresAt: days(14) }, ['expiry_14_days']],
    ['a little over 3 days are left', { expiresAt: days(3, 1) }, ['expiry_14_days']],
    ['3 days are left', { expiresAt: days(3) }, ['expiry_3_days']],
    ['an instant is left', { expiresAt: days(0, 1) }, ['expiry_3_days']],
    ['it has expired', { expiresAt: days(0) }, []],
    ['it was made for 14 days', { createdAt: days(-1), expiresAt: days(13) }, []],
    ['it was made for a little longer', { createdAt: days(-1), expiresAt: days(13, 1) }, ['expiry_14_days']],
    ['it was made for 14 days, of which 2 are left', { createdAt: days(-12), expiresAt: days(2) }, ['expiry_3_days']],
    ['it was made for 2 days', { createdAt: days(-1), expiresAt: days(1) }, []],
    ['it was revoked', { expiresAt: days(2), secretIssuedAt: days(-100), revokedAt: days(-1) }, []],
    ['it is disabled', { expiresAt: days(2), secretIssuedAt: days(-100), disabledAt: days(-1) }, []],
    ['its secret is not quite 90 days old', { secretIssuedAt: days(-90, 1) }, []],
    ['its secret is 90 days old', { secretIssuedAt: days(-90) }, ['rotation_due']],
    ['its secret is years old', { secretIssuedAt: days(-900) }, ['rotation_due']],
    ['its secret is old, and it has expired', { secretIssuedAt: days(-90), expiresAt: days(0) }, []],
    ['both are near', { secretIssuedAt: days(-90), expiresAt: days(14), createdAt: days(-90) }, ['expiry_14_days', 'rotation_due']],
  ])('when %s', (_because, given, reasons) => {
    expect(reasonsFor(aKey(given))).toEqual(reasons);
  });
});

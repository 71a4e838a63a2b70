const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const UNITS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** The zone in which this page shows times, as people call it: `Europe/Berlin`. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `3 hr ago`, `in 2 days`. */
export function formatRelative(date: Date, now = Date.now()): string {
  const elapsed = date.getTime() - now;
  const unit = UNITS.find(([, length]) => Math.abs(elapsed) >= length);
  if (unit) return relative.format(Math.trunc(elapsed / unit[1]), unit[0]).replace('.', '');
  return elapsed > 0 ? 'in a moment' : 'just now';
}

/** `15 Apr 2026`. */
export const formatDay = (date: Date): string => days.format(date);

/** `15 Apr 2026, 10:00:03 CEST`. */
export const formatExactly = (date: Date): string => exact.format(date);

export const inDays = (count: number): Date => new Date(Date.now() + count * DAY_MS);

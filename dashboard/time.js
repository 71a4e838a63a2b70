/** Moments as people read them, in their own time zone; the exact one is in the tooltip. */
import { element } from './dom.js';

const DAY_MS = 24 * 3600 * 1000;
const UNITS = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3600 * 1000],
  ['minute', 60 * 1000],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const seconds = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

/** `3 hours ago`. */
export const agoElement = (iso) => timeElement(iso, ago(new Date(iso)));

/** `15 Apr 2026`. */
export const dayElement = (iso) => timeElement(iso, formatDay(new Date(iso)));

/** `15 Jan, 10:00:03`. */
export const secondElement = (iso) => timeElement(iso, seconds.format(new Date(iso)));

export const formatDay = (date) => days.format(date);

export const formatExactly = (iso) => exact.format(new Date(iso));

export const inDays = (count) => new Date(Date.now() + count * DAY_MS);

const timeElement = (iso, text) => element('time', text, { datetime: iso, title: formatExactly(iso) });

function ago(date) {
  const elapsed = date.getTime() - Date.now();
  const unit = UNITS.find(([, length]) => Math.abs(elapsed) >= length);
  return unit ? relative.format(Math.trunc(elapsed / unit[1]), unit[0]) : 'just now';
}

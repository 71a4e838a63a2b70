import { DAY_MS } from './time';

export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface RangePreset {
  readonly value: string;
  readonly label: string;
  readonly ms: number;
}

/** How far back people look. */
export const PRESETS: readonly RangePreset[] = [
  { value: '15m', label: 'Last 15 minutes', ms: 15 * MINUTE_MS },
  { value: '1h', label: 'Last hour', ms: HOUR_MS },
  { value: '6h', label: 'Last 6 hours', ms: 6 * HOUR_MS },
  { value: '24h', label: 'Last 24 hours', ms: DAY_MS },
  { value: '7d', label: 'Last 7 days', ms: 7 * DAY_MS },
  { value: '30d', label: 'Last 30 days', ms: 30 * DAY_MS },
];

/** What of a range stands in the address: a preset, or exact times that take its place. */
export interface RangeState {
  readonly range: string;
  readonly from: string;
  readonly to: string;
}

export interface Range {
  /** RFC 3339; `undefined` for no bound. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const isMoment = (text: string): boolean => text !== '' && !Number.isNaN(Date.parse(text));

/** Whether exact times stand in place of a preset. */
export const isExactly = ({ from, to }: RangeState): boolean => isMoment(from) || isMoment(to);

/** The times that a range stands for at a moment. What is no time is no bound. */
export function timesOf(state: RangeState, now: number): Range {
  const { range, from, to } = state;
  if (isExactly(state)) {
    return {
      from: isMoment(from) ? new Date(from).toISOString() : undefined,
      to: isMoment(to) ? new Date(to).toISOString() : undefined,
    };
  }
  const preset = PRESETS.find(({ value }) => value === range);
  return preset ? { from: new Date(now - preset.ms).toISOString(), to: new Date(now).toISOString() } : { from: undefined, to: undefined };
}

/** As `<input type="datetime-local">` wants it, in the zone of the page. */
export function toLocalInput(time: string | undefined): string {
  if (time === undefined || !isMoment(time)) return '';
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

export const fromLocalInput = (text: string): string => (isMoment(text) ? new Date(text).toISOString() : '');

export type Interval = 'minute' | 'hour' | 'day';

const LENGTHS: Readonly<Record<Exclude<Interval, 'day'>, number>> = { minute: MINUTE_MS, hour: HOUR_MS };

/** The intervals that make sense for a length of time, the best first. */
export function intervalsFor(ms: number): readonly [Interval, ...Interval[]] {
  if (ms <= 2 * HOUR_MS) return ['minute', 'hour'];
  if (ms <= 6 * HOUR_MS) return ['hour', 'minute'];
  return ms <= 8 * DAY_MS ? ['hour', 'day'] : ['day', 'hour'];
}

/** Where each bucket between two times begins, in the zone of the page. */
export function bucketStarts(from: string, to: string, interval: Interval): Date[] {
  const start = new Date(from);
  if (interval === 'day') start.setHours(0, 0, 0, 0);
  else if (interval === 'hour') start.setMinutes(0, 0, 0);
  else start.setSeconds(0, 0);
  const starts: Date[] = [];
  for (let at = start; at < new Date(to); at = next(at, interval)) starts.push(at);
  return starts;
}

/** Days have 23 to 25 hours. */
function next(at: Date, interval: Interval): Date {
  if (interval !== 'day') return new Date(at.getTime() + LENGTHS[interval]);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1);
}

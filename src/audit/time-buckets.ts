export type Interval = 'minute' | 'hour' | 'day';

const MINUTE = 60_000;
const QUARTER_HOUR = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Cuts time into minutes, hours or days as a clock on a wall of a time zone shows them. */
export class TimeBuckets {
  private readonly clock: Intl.DateTimeFormat;
  /** Of moments that were asked about: by the day of UTC where its clocks do not change on it, by the quarter of an hour where they do. */
  private readonly offsets = new Map<number, number>();
  private readonly offsetsOfDays = new Map<number, number | null>();

  /** @throws RangeError for a time zone that nobody knows */
  constructor(
    private readonly interval: Interval,
    timeZone: string,
  ) {
    this.clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  }

  /** When the bucket that holds this moment began. */
  startOf(time: number): number {
    if (this.interval === 'minute') return floor(time, MINUTE);
    const offset = this.offsetAt(time);
    if (this.interval === 'hour') return floor(time + offset, HOUR) - offset;
    const midnight = floor(time + offset, DAY);
    // The clocks may have changed since midnight.
    return midnight - this.offsetAt(midnight - offset);
  }

  private offsetAt(time: number): number {
    const day = floor(time, DAY);
    let offset = this.offsetsOfDays.get(day);
    if (offset === undefined) {
      // No zone has changed its clocks twice on a day.
      const [first, last] = [this.offsetIn(day), this.offsetIn(day + DAY - QUARTER_HOUR)];
      offset = first === last ? first : null;
      this.offsetsOfDays.set(day, offset);
    }
    return offset ?? this.offsetIn(time);
  }

  /** No zone has changed its clocks but on a quarter of an hour since records are kept. */
  private offsetIn(time: number): number {
    const quarter = floor(time, QUARTER_HOUR);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const shown = Object.fromEntries(this.clock.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
    const { year, month, day, hour, minute } = shown as Record<'year' | 'month' | 'day' | 'hour' | 'minute', number>;
    const offset = Date.UTC(year, month - 1, day, hour, minute) - quarter;
    this.offsets.set(quarter, offset);
    return offset;
  }
}

const floor = (time: number, unit: number): number => Math.floor(time / unit) * unit;

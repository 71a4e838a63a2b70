import fc from 'fast-check';

import { type Interval, TimeBuckets } from './time-buckets';

const startOf = (interval: Interval, timeZone: string, time: string): string =>
  new Date(new TimeBuckets(interval, timeZone).startOf(Date.parse(time))).toISOString();

describe('a bucket of time', () => {
  it.each<[Interval, string, string, string]>([
    ['minute', 'Asia/Kolkata', '2026-01-15T10:20:59.999Z', '2026-01-15T10:20:00.000Z'],
    ['hour', 'UTC', '2026-01-15T10:59:59.999Z', '2026-01-15T10:00:00.000Z'],
    ['hour', 'Asia/Kolkata', '2026-01-15T10:20:00.000Z', '2026-01-15T09:30:00.000Z'],
    ['hour', 'Asia/Kathmandu', '2026-01-15T10:20:00.000Z', '2026-01-15T10:15:00.000Z'],
    ['day', 'UTC', '2026-01-15T23:59:59.999Z', '2026-01-15T00:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-01-15T23:30:00.000Z', '2026-01-15T23:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-07-15T21:30:00.000Z', '2026-07-14T22:00:00.000Z'],
    // The clocks change during the day: it begins in winter time and ends in summer time, and the other way round.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00.000Z', '2026-03-28T23:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00.000Z', '2026-10-24T22:00:00.000Z'],
    // There is no midnight on that day.
    ['day', 'America/Sao_Paulo', '2018-11-04T12:00:00.000Z', '2018-11-04T03:00:00.000Z'],
    ['day', 'Pacific/Auckland', '2026-01-15T10:59:00.000Z', '2026-01-14T11:00:00.000Z'],
  ])('of one %s in %s holds %s and begins at %s', (interval, timeZone, time, start) => {
    expect(startOf(interval, timeZone, time)).toBe(start);
  });

  it('begins in itself, not after what it holds, and not long before', () => {
    const longest = { minute: 60_000, hour: 3_600_000, day: 25 * 3_600_000 };
    fc.assert(
      fc.property(
        fc.constantFrom<Interval>('minute', 'hour', 'day'),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York', 'Pacific/Chatham'),
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) }),
        (interval, timeZone, time) => {
          const buckets = new TimeBuckets(interval, timeZone);
          const start = buckets.startOf(time);
          expect(start).toBeLessThanOrEqual(time);
          expect(time - start).toBeLessThan(longest[interval]);
          expect(buckets.startOf(start)).toBe(start);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused for a zone that nobody knows', () => {
    expect(() => new TimeBuckets('day', 'Europe/Atlantis')).toThrow(RangeError);
  });
});

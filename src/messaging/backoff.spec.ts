import fc from 'fast-check';

import { MOST_ATTEMPTS, parseRetryAfter, retryDelayMs } from './backoff';

const NOW = new Date('2026-01-15T10:00:00.000Z');

describe('the wait before the next attempt', () => {
  it.each([
    [1, 5_000, 6_250],
    [2, 30_000, 37_500],
    [3, 120_000, 150_000],
    [4, 600_000, 750_000],
    [5, 3_600_000, 4_500_000],
    [7, 3_600_000, 4_500_000],
  ])('is, after attempt %i, between %i and %i ms', (attempt, least, most) => {
    expect([retryDelayMs(attempt, 0), retryDelayMs(attempt, 1)]).toEqual([least, most]);
  });

  it('is never shorter than the provider asked, up to a day, and never shorter than the attempt before', () => {
    const attempts = fc.integer({ min: 1, max: MOST_ATTEMPTS });
    const randoms = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(attempts, randoms, fc.integer({ min: 0, max: 1_000_000_000 }), (attempt, random, asked) => {
        const wait = retryDelayMs(attempt, random, asked);
        expect(wait).toBeGreaterThanOrEqual(Math.min(asked, 86_400) * 1_000);
        expect(wait).toBeGreaterThanOrEqual(5_000);
        expect(wait).toBeLessThanOrEqual(86_400_000);
        expect(retryDelayMs(attempt + 1, random, asked)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Thu, 15 Jan 2026 10:00:30 GMT', 30],
    ['Thu, 15 Jan 2026 09:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['99999999999', undefined],
    ['2026-01-15', undefined],
  ])('%j is %p seconds', (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds);
  });

  it('makes no sense of any other text, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const seconds = parseRetryAfter(header, NOW);
        expect(seconds === undefined || (Number.isInteger(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});

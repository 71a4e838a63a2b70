import fc from 'fast-check';

import { compactInteger, compactNumber, CompactReader } from './compact-numbers';

const natural = fc.oneof(fc.nat({ max: 40 }), fc.maxSafeNat());
const integer = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }));

describe('compact numbers', () => {
  it('are read as they were written, side by side', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(natural, integer)), (numbers) => {
        const reader = new CompactReader(numbers.map(([a, b]) => compactNumber(a) + compactInteger(b)).join(''));
        const read: Array<[number, number]> = [];
        while (reader.hasMore) read.push([reader.number(), reader.integer()]);
        expect(read).toEqual(numbers);
      }),
    );
  });

  it('are a character long below 32 and two below 1,024', () => {
    expect([0, 1, 31, 32, 1_023, 1_024].map(compactNumber)).toEqual(['A', 'B', 'f', 'gB', '/f', 'ggB']);
    expect([0, 1, -1, 15, -16, 16].map(compactInteger)).toEqual(['A', 'C', 'B', 'e', 'f', 'gB']);
  });

  it('are read to the end where they are cut off', () => {
    expect(new CompactReader('gg').number()).toBe(0);
  });
});

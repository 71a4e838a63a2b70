import fc from 'fast-check';

import { isId } from '../common';
import { CallIds, callTime, firstCallIdAt, parseRequestId, requestIdOf } from './call-id';

/** Until the year 2109. */
const anyId = fc.maxSafeNat();
const anyTail = fc.integer({ min: 0, max: 2 ** 52 - 1 });

describe('the id of a call', () => {
  it('comes back from its text, whatever it is', () => {
    fc.assert(
      fc.property(anyId, anyTail, (id, tail) => {
        const text = requestIdOf({ id, tail });
        expect(isId('req', text)).toBe(true);
        expect(parseRequestId(text)).toEqual({ id, tail });
      }),
    );
  });

  it('is a UUIDv7 of its millisecond', () => {
    fc.assert(
      fc.property(anyId, anyTail, (id, tail) => {
        const bits = parseBits(requestIdOf({ id, tail }));
        expect(Number(bits >> 80n)).toBe(callTime(id).getTime());
        expect((bits >> 76n) & 0xfn).toBe(7n);
        expect((bits >> 62n) & 0x3n).toBe(2n);
      }),
    );
  });

  it('sorts as text as it does as numbers', () => {
    fc.assert(
      fc.property(anyId, anyTail, anyId, anyTail, (id, tail, otherId, otherTail) => {
        const asNumbers = Math.sign(id - otherId) || Math.sign(tail - otherTail);
        const [one, other] = [requestIdOf({ id, tail }), requestIdOf({ id: otherId, tail: otherTail })];
        expect(one < other ? -1 : one > other ? 1 : 0).toBe(asNumbers);
      }),
    );
  });

  it.each([
    { because: 'it is the smallest', id: 0, tail: 0 },
    { because: 'it is the greatest', id: Number.MAX_SAFE_INTEGER, tail: 2 ** 52 - 1 },
    { because: 'its counter is full', id: 1_700_000_000_000 * 2048 + 2047, tail: 1 },
  ])('keeps every bit where $because', ({ id, tail }) => {
    expect(parseRequestId(requestIdOf({ id, tail }))).toEqual({ id, tail });
  });

  it('is read from nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^req_[0-7][0-9a-z]{25}$/)), (text) => {
        const callId = parseRequestId(text);
        if (callId) expect(requestIdOf(callId)).toBe(text);
      }),
    );
    const genuine = requestIdOf({ id: 5, tail: 7 });
    for (const other of ['', genuine.toUpperCase(), genuine.slice(0, -1), `${genuine}0`, genuine.replace('req_', 'key_')]) {
      expect(parseRequestId(other)).toBeUndefined();
    }
  });

  it('names the bound of its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_398_046_511_103 }), fc.integer({ min: 0, max: 2047 }), (time, counter) => {
        const first = firstCallIdAt(new Date(time));
        expect(callTime(first + counter).getTime()).toBe(time);
        expect(callTime(first - 1).getTime()).toBe(time - 1);
      }),
    );
  });

  it('rises with every call, also where the clock stands still or is set back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }), { minLength: 2 }), (times) => {
        const ids = new CallIds();
        const given = times.map((time) => ids.next(new Date(time)));
        for (const [i, { id, tail }] of given.entries()) {
          expect(id).toBeGreaterThan(given[i - 1]?.id ?? 0);
          expect(id).toBeGreaterThanOrEqual(firstCallIdAt(new Date(times[i]!)));
          expect(tail).toBeGreaterThanOrEqual(0);
          expect(tail).toBeLessThan(2 ** 52);
        }
      }),
    );
  });

  it('goes on into the next millisecond when one has more calls than it can number', () => {
    const ids = new CallIds();
    const now = new Date('2026-01-15T10:00:00.000Z');
    const given = Array.from({ length: 5_000 }, () => ids.next(now).id);
    expect(new Set(given).size).toBe(5_000);
    expect(callTime(given.at(-1)!).getTime()).toBe(now.getTime() + 2);
  });

  it('does not meet that of another replica', () => {
    const now = new Date('2026-01-15T10:00:00.000Z');
    const [here, there] = [new CallIds(), new CallIds()];
    const tails = Array.from({ length: 2_000 }, () => [here.next(now).tail, there.next(now).tail]).flat();
    expect(new Set(tails).size).toBe(4_000);
  });
});

function parseBits(requestId: string): bigint {
  return Array.from(requestId.slice(4)).reduce(
    (bits, character) => bits * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(character)),
    0n,
  );
}

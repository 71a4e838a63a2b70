import fc from 'fast-check';

import { providerId, publicError } from './delivery';

describe('what a provider said, as it is kept', () => {
  it.each([
    ['a line break', 'one\r\ntwo', 'one\\u000d\\u000atwo'],
    ['one of our credentials', 'token s3cr3t-token is wrong', 'token [redacted] is wrong'],
    ['a key of ours', 'got ks_live_abcdefghijkl_0123456789abcdefghijklmnopqrstuv', 'got ks_live_abcdefghijkl[redacted]'],
  ])('holds no %s', (_what, words, kept) => {
    expect(publicError(words, ['s3cr3t-token', ''])).toBe(kept);
  });

  it('is bounded, one line, and whole characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (words) => {
        const kept = publicError(words, ['s3cr3t-token']);
        expect(kept.length).toBeLessThanOrEqual(500);
        expect(kept).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(kept).not.toContain('s3cr3t-token');
      }),
    );
    expect(publicError('😀'.repeat(400))).toHaveLength(500);
    expect(publicError(`x${'😀'.repeat(400)}`)).toHaveLength(499);
  });
});

it.each([
  ['SM900150983cd24fb0d6963f7d28e17f72', 'SM900150983cd24fb0d6963f7d28e17f72'],
  ['', null],
  [42, null],
  [null, null],
  ['x'.repeat(256), null],
])('an id of a provider is kept as text or not at all (%#)', (value, id) => {
  expect(providerId(value)).toBe(id);
});

import fc from 'fast-check';

import { PrefixedKeyFormat } from './key-format';

const format = new PrefixedKeyFormat('ks');

describe('the default key format', () => {
  it('is ks_live_ or ks_test_, 12 characters, 32 characters and a checksum', () => {
    expect(format.draw('live').token).toMatch(/^ks_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
    expect(format.draw('test').token).toMatch(/^ks_test_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
  });

  it('reads back what it draws', () => {
    const { token, lookupId, prefix } = format.draw('test');
    expect(format.parse(token)).toEqual({ lookupId, prefix });
    expect(token.startsWith(`${prefix}_`)).toBe(true);
  });

  it('A04.1 notices every changed, missing, added and case-flipped character', () => {
    const { token } = format.draw('live');
    const flip = (c: string): string => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase());
    for (let i = 0; i < token.length; i++) {
      const [head, c, tail] = [token.slice(0, i), token[i]!, token.slice(i + 1)];
      const variants = [
        head + tail,
        `${head}%${tail}`,
        `${head}_${c}${tail}`,
        head + (c === '0' ? '1' : '0') + tail,
        `${head}${c}${c}${tail}`,
      ];
      if (/[a-z]/i.test(c)) variants.push(head + flip(c) + tail);
      for (const variant of variants) expect(format.parse(variant)).toBeUndefined();
    }
    for (const variant of [` ${token}`, `${token} `, `${token}\n`, `x${token}`, `${token}x`, ''])
      expect(format.parse(variant)).toBeUndefined();
  });

  it('accepts nothing by chance', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(format.parse(text)).toBeUndefined()));
  });

  it('draws each character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 4_000; i++) {
      for (const c of format.draw('live').token.slice(21, 53)) counts.set(c, (counts.get(c) ?? 0) + 1);
    }
    // 128,000 draws over 62 characters: 2,065 each, standard deviation 45.
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - 2_065)).toBeLessThan(300);
  });
});

import fc from 'fast-check';

import { hint, oneOf, PrefixedKeyFormat } from './key-format';
import { PatternKeyFormat } from './pattern-key-format';

const crm = new PatternKeyFormat({ lookupLength: 12, secretLength: 52, alphabet: 'hex' });
const knowledgeHub = new PatternKeyFormat({ lookupLength: 12, secretLength: 48, separator: '_', alphabet: 'hex' });
const payments = new PatternKeyFormat({
  prefix: { live: 'sk_live_', test: 'sk_test_' },
  lookupLength: 8,
  secretLength: 32,
  alphabet: 'base62',
});
const whatsapp = new PatternKeyFormat({
  prefix: { live: 'whm_', test: 'whm_' },
  lookupLength: 8,
  secretLength: 24,
  alphabet: 'hex',
  accepts: 'base36',
});

describe('a key format of plain characters', () => {
  it.each([
    ['C10', crm, 'live', /^[0-9a-f]{64}$/, 12],
    ['K06, K07, K08', knowledgeHub, 'live', /^[0-9a-f]{12}_[0-9a-f]{48}$/, 12],
    ['G07', payments, 'test', /^sk_test_[0-9A-Za-z]{40}$/, 16],
    ['G11', payments, 'live', /^sk_live_[0-9A-Za-z]{40}$/, 16],
    ['W12', whatsapp, 'live', /^whm_[0-9a-f]{32}$/, 12],
  ] as const)('%s draws keys as documented and reads them back', (_id, format, environment, shape, shown) => {
    const { token, prefix, lookupId } = format.draw(environment);
    expect(token).toMatch(shape);
    expect(prefix).toHaveLength(shown);
    expect(format.parse(token)).toEqual({ prefix, lookupId, canonical: token });
  });

  it('W12 recognizes the example of its own documents, which is not hexadecimal', () => {
    expect(whatsapp.parse('whm_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6')).toMatchObject({ lookupId: 'a1b2c3d4', prefix: 'whm_a1b2c3d4' });
  });

  it('K08 recognizes a key without its separator as the same key', () => {
    const { token } = knowledgeHub.draw('live');
    expect(knowledgeHub.parse(token.replace('_', ''))).toEqual(knowledgeHub.parse(token));
  });

  it('K18 shows the first twelve characters and eight bullets', () => {
    expect(hint('a1b2c3d4e5f6')).toBe('a1b2c3d4e5f6••••••••');
  });

  it('accepts nothing else', () => {
    const { token } = payments.draw('live');
    for (const other of [` ${token}`, `${token}\n`, token.slice(1), `${token}0`, token.replace('live', 'prod'), token.toUpperCase(), '']) {
      expect(payments.parse(other)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => expect(crm.parse(text)).toBeUndefined()));
  });

  it('is not made with a secret that could be guessed', () => {
    expect(() => new PatternKeyFormat({ lookupLength: 8, secretLength: 16, alphabet: 'hex' })).toThrow('too short');
  });

  it('stands beside others: the first one issues, all are recognized', () => {
    const both = oneOf([crm, new PrefixedKeyFormat('ks')]);
    expect(both.draw('live').token).toMatch(/^[0-9a-f]{64}$/);
    const { token, lookupId } = new PrefixedKeyFormat('ks').draw('test');
    expect(both.parse(token)).toMatchObject({ lookupId });
    expect(both.parse('nothing')).toBeUndefined();
  });
});

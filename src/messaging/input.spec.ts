import fc from 'fast-check';

import { isEmailAddress, isLine, isPhoneNumber, isText } from './input';

describe('a phone number', () => {
  it.each(['+4915112345678', '+12025550123', '+2901234', '+123456789012345'])('%s is one', (text) => {
    expect(isPhoneNumber(text)).toBe(true);
  });

  it.each([
    '4915112345678',
    '+0151123456',
    '+49 151 1234567',
    '+49151123456x',
    '+123456',
    '+1234567890123456',
    '+４９１５１１２３４５６',
    '+4915112345678\n',
    '',
    4915112345678,
    null,
  ])('%j is none', (text) => {
    expect(isPhoneNumber(text)).toBe(false);
  });
});

describe('an e-mail address', () => {
  it.each(['ada@example.com', 'a@b.io', "o'hara+tag.x@mail.example.co.uk", `${'a'.repeat(64)}@example.com`, 'x@xn--bcher-kva.example'])(
    '%s is one',
    (text) => {
      expect(isEmailAddress(text)).toBe(true);
    },
  );

  it.each([
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@example',
    'ada@-example.com',
    'ada@example-.com',
    'ada@example..com',
    '.ada@example.com',
    'ada.@example.com',
    'a..b@example.com',
    'ada@exa mple.com',
    'Ada <ada@example.com>',
    'ada@example.com,eve@example.com',
    'ada@example.com;eve@example.com',
    '"ada eve"@example.com',
    'ada@example.com (comment)',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'adä@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com\n',
    'ada\u0000@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'bcd.'.repeat(70)}com`,
    ['ada@example.com'],
    undefined,
  ])('%j is none', (text) => {
    expect(isEmailAddress(text)).toBe(false);
  });

  it('holds nothing that could begin another header or another address, and is judged at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (left, right) => {
        const text = `${left}@${right}`;
        if (isEmailAddress(text)) expect(text).toMatch(/^[^\s,;<>()"\\[\]@]+@[A-Za-z0-9.-]+$/);
      }),
    );
    const before = performance.now();
    isEmailAddress(`${'a.'.repeat(120)}@`);
    isEmailAddress(`a@${'a-'.repeat(125)}`);
    expect(performance.now() - before).toBeLessThan(50);
  });
});

describe('text', () => {
  it('of a body may have line breaks and tabs, of a header not', () => {
    for (const text of ['one\ntwo', 'one\r\ntwo', 'one\ttwo']) expect([isText(text), isLine(text)]).toEqual([true, false]);
  });

  it.each(['nul \u0000', 'escape \u001b[31m', 'delete \u007f', 'c1 \u0085', 'half \ud83d of a character'])(
    '%j is refused in both',
    (text) => {
      expect([isText(text), isLine(text)]).toEqual([false, false]);
    },
  );

  it('of people is taken', () => {
    for (const text of ['Grüße 😀', '你好', 'عربى', 'e\u0301']) expect([isText(text), isLine(text)]).toEqual([true, true]);
  });
});

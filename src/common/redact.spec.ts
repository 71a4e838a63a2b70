import { escapeControls, redact } from './redact';

const KEY = 'ks_live_4fJq0aBcD1eF_0123456789abcdefghijABCDEFGHIJklABCDEF';
const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl';

describe('redaction', () => {
  it.each([
    [`Bearer ${KEY}`, 'Bearer ks_live_4fJq0aBcD1eF[redacted]'],
    [`/x?key=${KEY}&a=b`, '/x?key=ks_live_4fJq0aBcD1eF[redacted]&a=b'],
    [`sk_test_abcd1234_${'x'.repeat(20)}`, 'sk_test_abcd1234[redacted]'],
    [`token ${JWT}.`, 'token [redacted]'],
    [`x-${JWT}`, 'x-[redacted]'],
    [`ksr_${'a1'.repeat(20)}_3_${'b-'.repeat(10)}`, 'ksr[redacted]'],
    [`kso_${'a1'.repeat(20)}`, 'kso[redacted]'],
    [`${KEY}${KEY}`, expect.not.stringContaining('0123456789abcdef') as string],
    ['GET /v1/api-keys/key_01kf0hj080e0495yzrp47rj1hq 200', 'GET /v1/api-keys/key_01kf0hj080e0495yzrp47rj1hq 200'],
    ['ks_live_4fJq0aBcD1eF', 'ks_live_4fJq0aBcD1eF'],
    [`/x%20${KEY}`, '/x ks_live_4fJq0aBcD1eF[redacted]'],
    [`/${KEY.replaceAll('_', '%5F')}`, '/ks_live_4fJq0aBcD1eF[redacted]'],
    [`/${[...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`, '/ks_live_4fJq0aBcD1eF[redacted]'],
    ['/a%20perfectly%20harmless%20path', '/a%20perfectly%20harmless%20path'],
  ])('of %s is %s', (text, clean) => {
    expect(redact(text)).toEqual(clean);
  });

  it('A07.3 takes a hostile text in its stride', () => {
    for (const hostile of [
      '-eyJ'.repeat(250_000),
      'eyJ'.repeat(300_000),
      'a_live_'.repeat(150_000),
      'ks_live_aaaa_'.repeat(80_000),
      'ksr_'.repeat(250_000),
      'a'.repeat(1_000_000),
    ]) {
      // A quadratic pattern takes minutes of this, and the test runs out of time.
      expect(redact(hostile).length).toBeLessThanOrEqual(hostile.length);
    }
  });

  it('escapes what would make two lines of one', () => {
    expect(escapeControls('a\r\nb\u001b[31m\u2028\u009b')).toBe('a\\u000d\\u000ab\\u001b[31m\\u2028\\u009b');
  });
});

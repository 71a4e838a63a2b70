import fc from 'fast-check';

import { PrefixedKeyFormat } from '../keys';
import { type CredentialSources, isJwtShaped, readCredential } from './credential';

const KEY = new PrefixedKeyFormat('ks').draw('live').token;
const JWT = `${Buffer.from('{"alg":"EdDSA"}').toString('base64url')}.e30.c2ln`;

const read = (...rawHeaders: string[]) => readFrom({}, ...rawHeaders);

function readFrom(sources: Partial<CredentialSources>, ...rawHeaders: string[]) {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) headers[rawHeaders[i]!.toLowerCase()] ??= rawHeaders[i + 1]!;
  return readCredential({ headers, rawHeaders }, { sessionCookie: 'keystile_session', ...sources });
}

describe('reading a credential', () => {
  it.each([
    ['Authorization', `Bearer ${KEY}`],
    ['Authorization', `bearer ${KEY}`],
    ['authorization', `BEARER ${KEY}`],
    ['Authorization', `Bearer ${KEY} `],
    ['X-API-Key', KEY],
    ['x-api-key', ` ${KEY} `],
  ])('T03 C06 C07 finds a key in %s: %s', (name, value) => {
    expect(read(name, value)).toEqual({ kind: 'api_key', token: KEY });
  });

  it.each([
    'Bearer',
    'Bearer ',
    `Bearer  ${KEY}`,
    `Bearer\t${KEY}`,
    `Bearer ${KEY} x`,
    `Bearer "${KEY}"`,
    `Bearer ${KEY},`,
    `Bearer: ${KEY}`,
    `Bearer=${KEY}`,
    'Bearer {}',
    'Bearer *',
    'Bearer %',
    `Bearer ${KEY};`,
    'Bearer ключ',
    `Bearer ${'a'.repeat(5000)}`,
  ])('A03.2 K14 calls %p malformed', (value) => {
    expect(read('Authorization', value).kind).toBe('malformed');
  });

  it.each(['Basic dXNlcjpwYXNz', 'Token abc', KEY, `Βearer ${KEY}`, '', `${KEY} Bearer`])(
    'T21 sees no bearer credential in %p',
    (value) => {
      expect(read('Authorization', value)).toEqual({ kind: 'nothing' });
    },
  );

  it('A03.3 refuses one header twice, also when both say the same', () => {
    expect(read('Authorization', `Bearer ${KEY}`, 'authorization', `Bearer ${KEY}`)).toEqual({ kind: 'conflict' });
    expect(read('X-API-Key', KEY, 'X-Api-Key', KEY)).toEqual({ kind: 'conflict' });
  });

  it('K01 knows no key in a header that the system does not offer', () => {
    expect(readFrom({ keySources: ['bearer'] }, 'X-API-Key', KEY)).toEqual({ kind: 'nothing' });
    expect(readFrom({ keySources: ['bearer'] }, 'X-API-Key', KEY, 'Authorization', `Bearer ${KEY}`).kind).toBe('api_key');
  });

  it('W01, W02 takes keys in X-API-Key and tokens of people as Bearer, where that is the system', () => {
    expect(readFrom({ keySources: ['x-api-key'] }, 'Authorization', `Bearer ${KEY}`)).toEqual({ kind: 'nothing' });
    expect(readFrom({ keySources: ['x-api-key'] }, 'X-API-Key', KEY)).toEqual({ kind: 'api_key', token: KEY });
    expect(readFrom({ keySources: ['x-api-key'] }, 'Authorization', `Bearer ${JWT}`).kind).toBe('user_token');
  });

  it('C09 lets the first of its sources win, where the system says so', () => {
    const both = ['Authorization', `Bearer ${KEY}`, 'X-API-Key', 'other'];
    const wins = { credentialConflict: 'first-wins' } as const;
    expect(readFrom(wins, ...both)).toEqual({ kind: 'api_key', token: KEY });
    expect(readFrom({ ...wins, keySources: ['x-api-key', 'bearer'] }, ...both)).toEqual({ kind: 'api_key', token: 'other' });
  });

  it('C09 takes two headers that agree and refuses two that do not', () => {
    expect(read('Authorization', `Bearer ${KEY}`, 'X-API-Key', KEY)).toEqual({ kind: 'api_key', token: KEY });
    expect(read('Authorization', `Bearer ${KEY}`, 'X-API-Key', `${KEY}x`)).toEqual({ kind: 'conflict' });
    expect(read('Authorization', `Bearer ${JWT}`, 'X-API-Key', JWT)).toEqual({ kind: 'conflict' });
    expect(read('Authorization', 'Bearer', 'X-API-Key', KEY)).toEqual({ kind: 'conflict' });
  });

  it('C08 takes X-API-Key where a proxy put a scheme of its own into Authorization', () => {
    expect(read('Authorization', 'Basic dXNlcjpwYXNz', 'X-API-Key', KEY)).toEqual({ kind: 'api_key', token: KEY });
  });

  it('T34 takes a JWT from the cookie, and nothing else from there', () => {
    expect(read('Cookie', `a=b; keystile_session=${JWT}; c=d`)).toEqual({ kind: 'user_token', token: JWT, from: 'cookie' });
    expect(read('Cookie', `keystile_session=${KEY}`)).toEqual({ kind: 'nothing' });
    expect(read('Cookie', `keystile_session=${JWT}; keystile_session=${JWT}x`).kind).not.toBe('user_token');
  });

  it('lets a header win over the cookie', () => {
    expect(read('Cookie', `keystile_session=${JWT}`, 'Authorization', `Bearer ${KEY}`)).toEqual({ kind: 'api_key', token: KEY });
  });

  it('A02.3 takes a JWT in X-API-Key for an unknown key', () => {
    expect(read('X-API-Key', JWT)).toEqual({ kind: 'api_key', token: JWT });
  });

  it('T36 tells the kind by the shape', () => {
    expect(isJwtShaped(JWT)).toBe(true);
    for (const text of [
      KEY,
      `${KEY}.${KEY}.${KEY}`,
      `${KEY}.`,
      `.${KEY}`,
      '..',
      'a.b.c',
      `${JWT}.x`,
      'eyJhbGciOiJ9',
      `W10.e30.x`,
      `bnVsbA.e30.x`,
    ]) {
      expect(isJwtShaped(text)).toBe(false);
    }
  });

  it('never mistakes one of our keys for a JWT (A02.2)', () => {
    const format = new PrefixedKeyFormat('ks');
    for (let i = 0; i < 10_000; i++) {
      const { token } = format.draw(i % 2 === 0 ? 'live' : 'test');
      if (isJwtShaped(token) || token.includes('.') || token.startsWith('eyJ')) throw new Error('A key reads like a JWT');
    }
  });

  it('never throws, whatever the header says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (authorization, cookie) => void read('authorization', authorization, 'cookie', cookie)),
    );
  });
});

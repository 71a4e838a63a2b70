import type { JWTPayload } from 'jose';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { newId } from '../common';
import { type AccessTokenKey, AccessTokens } from './access-token';

const NOW = new Date('2026-01-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const ISSUER = 'https://keys.example.com';
const AUDIENCE = 'keystile';

const SUBJECT = { sub: newId('usr', NOW), org: newId('org', NOW), sid: newId('ses', NOW) };
const CLAIMS = { ...SUBJECT, iss: ISSUER, aud: AUDIENCE, jti: 'a-jti', iat: SECONDS - 60, exp: SECONDS + 840 };

let now = NOW;
const clock = { now: () => now };
const ours = signingKey('k1');
const tokens = new AccessTokens({ issuer: ISSUER, audience: AUDIENCE, signingKeys: [ours] }, clock);
const privateKey = createPrivateKey({ key: { ...ours }, format: 'jwk' });
const publicKey = createPublicKey(privateKey);
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' };

function signingKey(kid: string): AccessTokenKey {
  return { ...(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Omit<AccessTokenKey, 'kid'>), kid };
}

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs whatever it is told, as a careless or hostile issuer would. */
function signed(tokenHeader: unknown, claims: unknown, key: KeyObject = privateKey): string {
  const input = `${encode(tokenHeader)}.${encode(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

function hmacSigned(alg: string, secret: string | Buffer): string {
  const input = `${encode({ ...header, alg })}.${encode(CLAIMS)}`;
  return `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`;
}

const unsigned = (alg: string): string => `${encode({ ...header, alg })}.${encode(CLAIMS)}.`;
const without = (name: string): JWTPayload => Object.fromEntries(Object.entries(CLAIMS).filter(([claim]) => claim !== name));

const good = signed(header, CLAIMS);
const [goodHeader = '', goodClaims = '', goodSignature = ''] = good.split('.');
const bytesOf = (der: 'der' | 'pem'): string | Buffer => publicKey.export({ format: der, type: 'spki' } as { format: 'der'; type: 'spki' });
const pem = String(bytesOf('pem'));

/** The last character of 64 bytes carries two bits; the other fifteen that share them decode to the same signature. */
const sameBytes = (text: string): string[] =>
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    .map((last) => text.slice(0, -1) + last)
    .filter((other) => other !== text && Buffer.from(other, 'base64url').equals(Buffer.from(text, 'base64url')));

const stranger = generateKeyPairSync('ed25519');
const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwkOf = (key: KeyObject): object => key.export({ format: 'jwk' });

beforeEach(() => {
  now = NOW;
});

describe('an access token', () => {
  it('says what was signed into it', async () => {
    const claims = await tokens.verify(await tokens.sign(SUBJECT));
    expect(claims).toMatchObject({ ...SUBJECT, iat: SECONDS, exp: SECONDS + 900 });
  });

  it('is another one each time', async () => {
    expect(await tokens.sign(SUBJECT)).not.toBe(await tokens.sign(SUBJECT));
  });

  it('R24 outlives the key that signed it, as long as that is still listed', async () => {
    const rotated = new AccessTokens({ issuer: ISSUER, audience: AUDIENCE, signingKeys: [signingKey('k2'), ours] }, clock);
    expect(await rotated.verify(good)).toMatchObject(SUBJECT);
    expect(await tokens.verify(await rotated.sign(SUBJECT))).toBe('invalid_token');
  });

  it.each([
    { age: 'one second before it expires', at: 839, outcome: 'valid' },
    { age: 'four seconds after, within the tolerance', at: 844, outcome: 'valid' },
    { age: 'six seconds after', at: 846, outcome: 'token_expired' },
    { age: 'a year after', at: 31_536_000, outcome: 'token_expired' },
  ])('A01.5 is $outcome $age', async ({ at, outcome }) => {
    now = new Date(NOW.getTime() + at * 1_000);
    const verified = await tokens.verify(good);
    expect(typeof verified === 'string' ? verified : 'valid').toBe(outcome);
  });
});

describe('A01.1 a forged token is refused', () => {
  const forged: Array<[string, string]> = [
    ...['none', 'None', 'NONE', 'nOnE', 'NoNe', 'none ', ' none', 'null', '', 'no\u0000ne', 'n%6fne', 'HS0'].map(
      (alg): [string, string] => [`alg ${JSON.stringify(alg)}, unsigned`, unsigned(alg)],
    ),
    ['alg none with the good signature', `${encode({ ...header, alg: 'none' })}.${goodClaims}.${goodSignature}`],
    ['no signature', `${goodHeader}.${goodClaims}.`],
    ['signature cut short', good.slice(0, -4)],
    ['signature of zeros', `${goodHeader}.${goodClaims}.${Buffer.alloc(64).toString('base64url')}`],
    ['signature of ones', `${goodHeader}.${goodClaims}.${Buffer.alloc(64, 255).toString('base64url')}`],
    ['one bit flipped in the claims', `${goodHeader}.${encode({ ...CLAIMS, iat: CLAIMS.iat + 1 })}.${goodSignature}`],
    ...['HS256', 'HS384', 'HS512'].flatMap((alg): Array<[string, string]> => [
      [`${alg} keyed with the public key as PEM`, hmacSigned(alg, pem)],
      [`${alg} keyed with the public key as trimmed PEM`, hmacSigned(alg, pem.trim())],
      [`${alg} keyed with the public key as PEM with CRLF`, hmacSigned(alg, pem.replaceAll('\n', '\r\n'))],
      [`${alg} keyed with the public key as DER`, hmacSigned(alg, bytesOf('der'))],
      [`${alg} keyed with the public key’s bytes`, hmacSigned(alg, Buffer.from(ours.x, 'base64url'))],
      [`${alg} keyed with the public key as base64url`, hmacSigned(alg, ours.x)],
      [`${alg} keyed with nothing`, hmacSigned(alg, '')],
      [`${alg} keyed with "secret"`, hmacSigned(alg, 'secret')],
    ]),
    ['a stranger’s key under our kid', signed(header, CLAIMS, stranger.privateKey)],
    ['a stranger’s key, embedded as jwk', signed({ ...header, jwk: jwkOf(stranger.publicKey) }, CLAIMS, stranger.privateKey)],
    ['an EC key, embedded as jwk', signed({ ...header, alg: 'ES256', jwk: jwkOf(ecdsa.publicKey) }, CLAIMS, stranger.privateKey)],
    ['ES256 with r = s = 0', `${encode({ ...header, alg: 'ES256' })}.${goodClaims}.${Buffer.alloc(64).toString('base64url')}`],
    ...[
      undefined,
      null,
      '',
      'k2',
      'K1',
      'k1 ',
      '../k1',
      '/dev/null',
      "k1' OR '1'='1",
      '__proto__',
      'constructor',
      0,
      true,
      ['k1'],
      { k1: 1 },
    ].map((kid): [string, string] => [`kid ${JSON.stringify(kid)}`, signed({ ...header, kid }, CLAIMS)]),
    ['an unknown crit', signed({ ...header, crit: ['exp'] }, CLAIMS)],
    ['an empty crit', signed({ ...header, crit: [] }, CLAIMS)],
    ['a crit that nobody knows', signed({ ...header, crit: ['http://example.com/x'], 'http://example.com/x': true }, CLAIMS)],
    ['b64 false', signed({ ...header, crit: ['b64'], b64: false }, CLAIMS)],
    ['alg twice, the last one none', signed('{"alg":"EdDSA","typ":"at+jwt","kid":"k1","alg":"none"}', CLAIMS)],
    ['two parts', `${goodHeader}.${goodClaims}`],
    ['four parts', `${good}.${goodSignature}`],
    ['five parts', `${good}.${goodSignature}.${goodSignature}`],
    ['nothing', ''],
    ['dots', '..'],
    ['8 KB of junk', 'a'.repeat(8_192)],
    ['a header alone', `${goodHeader}..`],
    ['padding', `${good}=`],
    ['base64 with + and /', good.replaceAll('-', '+').replaceAll('_', '/').concat('=')],
    ['a blank in it', `${goodHeader} .${goodClaims}.${goodSignature}`],
    ...sameBytes(goodSignature).map((text): [string, string] => [
      'another text of the same signature',
      `${goodHeader}.${goodClaims}.${text}`,
    ]),
  ];

  it.each(forged)('%s', async (_how, token) => {
    expect(await tokens.verify(token)).toBe('invalid_token');
  });

  it('without asking the address that it brings along', async () => {
    let asked = 0;
    const listener = createServer((_request, response) => {
      asked++;
      response.end(JSON.stringify({ keys: [{ ...jwkOf(stranger.publicKey), kid: 'k9', alg: 'EdDSA' }] }));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/jwks`;
    for (const pointer of [{ jku: url }, { x5u: url }, { x5c: ['MIIB'] }, { jku: url, x5u: url }]) {
      const token = signed({ ...header, kid: 'k9', ...pointer }, CLAIMS, stranger.privateKey);
      expect(await tokens.verify(token)).toBe('invalid_token');
    }
    await new Promise((resolve) => listener.close(resolve));
    expect(asked).toBe(0);
  });
});

describe('A01.2 a token of ours with a wrong claim is refused', () => {
  it.each(Object.keys(CLAIMS))('%s is missing', async (claim) => {
    expect(await tokens.verify(signed(header, without(claim)))).toBe('invalid_token');
  });

  const OTHER = [null, '', 0, true, [], {}, 'x', ['x'], { $ne: 1 }];
  // Any text will do as a jti.
  const wrong = Object.keys(CLAIMS).flatMap((claim) =>
    OTHER.filter((value) => claim !== 'jti' || value !== 'x').map((value) => ({ claim, value })),
  );
  it.each(wrong)('$claim is $value', async ({ claim, value }) => {
    // Any text will do as a jti, and 0 is a time long past.
    if (claim === 'jti' && value === 'x') return;
    const expected = claim === 'exp' && value === 0 ? 'token_expired' : 'invalid_token';
    const outcome = await tokens.verify(signed(header, { ...CLAIMS, [claim]: value }));
    expect(outcome).toBe(claim === 'iat' && value === 0 ? 'token_expired' : expected);
  });

  it.each([
    { what: 'exp as text', claims: { ...CLAIMS, exp: String(CLAIMS.exp) } },
    { what: 'exp and a half', claims: { ...CLAIMS, exp: CLAIMS.exp + 0.5 } },
    { what: 'iat in the future', claims: { ...CLAIMS, iat: SECONDS + 30 } },
    { what: 'nbf in the future', claims: { ...CLAIMS, nbf: SECONDS + 30 } },
    { what: 'nbf as text', claims: { ...CLAIMS, nbf: '0' } },
    { what: 'another issuer', claims: { ...CLAIMS, iss: 'https://evil.example.com' } },
    { what: 'another audience', claims: { ...CLAIMS, aud: 'another' } },
    { what: 'audiences', claims: { ...CLAIMS, aud: [AUDIENCE, 'another'] } },
    { what: 'the subject in upper case', claims: { ...CLAIMS, sub: CLAIMS.sub.toUpperCase() } },
    { what: 'a key as its subject', claims: { ...CLAIMS, sub: newId('key', NOW) } },
    { what: 'an array as its claims', claims: [] },
    { what: 'text as its claims', claims: '"x"' },
  ])('$what', async ({ claims }) => {
    expect(await tokens.verify(signed(header, claims))).toBe('invalid_token');
  });

  it('a lifetime longer than ours is cut', async () => {
    const long = signed(header, { ...CLAIMS, exp: SECONDS + 31_536_000 });
    expect(await tokens.verify(long)).toMatchObject(SUBJECT);
    now = new Date(NOW.getTime() + 900_000);
    expect(await tokens.verify(long)).toBe('token_expired');
  });
});

describe('A01.3 a token of ours that is no access token is refused', () => {
  it.each([undefined, '', 'JWT', 'dpop+jwt', 'logout+jwt', 'id+jwt', 'secevent+jwt', 'at+jwt ', null, 1])('typ %j', async (typ) => {
    expect(await tokens.verify(signed({ ...header, typ }, CLAIMS))).toBe('invalid_token');
  });
});

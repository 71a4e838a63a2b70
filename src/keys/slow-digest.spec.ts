import { hash } from '@node-rs/argon2';

import { matchesSlowDigest, slowAlgorithmOf } from './slow-digest';

/** By crypt_blowfish, which PHP's `password_hash()` is made of. */
const OF_PHP = '$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq';

describe('a digest that another system made as if its keys were passwords', () => {
  it('C11 is what password_hash() of PHP wrote', async () => {
    expect(slowAlgorithmOf(OF_PHP)).toBe('bcrypt');
    expect(await matchesSlowDigest('rasmuslerdorf', OF_PHP)).toBe(true);
    expect(await matchesSlowDigest('rasmuslerdorg', OF_PHP)).toBe(false);
    const ofAKey = '$2y$10$abcdefghijklmnopqrstuupqeO/TdzTLFNe.W0j76SdK3J7JjYyEW';
    expect(await matchesSlowDigest('a'.repeat(64), ofAKey)).toBe(true);
    expect(await matchesSlowDigest('a'.repeat(63), ofAKey)).toBe(false);
  });

  it('C11 may be argon2id', async () => {
    const digest = await hash('a'.repeat(64), { memoryCost: 1024, timeCost: 2, parallelism: 1 });
    expect(slowAlgorithmOf(digest)).toBe('argon2id');
    expect(await matchesSlowDigest('a'.repeat(64), digest)).toBe(true);
    expect(await matchesSlowDigest('b'.repeat(64), digest)).toBe(false);
  });

  it.each([
    '',
    'x',
    '$2y$07$short',
    '$1$md5crypt',
    '$2y$31$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTTOq',
    '$argon2i$v=19$m=1024,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$2y$14$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTTOq',
    '$argon2id$v=19$m=999999,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=65536,t=99,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    '$argon2id$v=19$m=65536,t=4,p=99$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
  ])('is nothing else: %p', async (digest) => {
    expect(slowAlgorithmOf(digest)).toBeUndefined();
    expect(await matchesSlowDigest('rasmuslerdorf', digest)).toBe(false);
  });

  it('A15 may cost what PHP and OWASP propose', () => {
    for (const cost of ['m=65536,t=4,p=1', 'm=47104,t=1,p=1', 'm=19456,t=2,p=1', 'm=7168,t=5,p=1']) {
      expect(slowAlgorithmOf(`$argon2id$v=19$${cost}$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA`)).toBe('argon2id');
    }
    expect(slowAlgorithmOf('$2y$12$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTTOq')).toBe('bcrypt');
  });

  it('matches nothing where it cannot be decoded', async () => {
    expect(
      await matchesSlowDigest('x', '$argon2id$v=19$m=1024,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAB$BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB'),
    ).toBe(false);
  });

  it('never matches a text of which bcrypt reads the beginning only', async () => {
    expect(await matchesSlowDigest('a'.repeat(73), OF_PHP)).toBe(false);
  });
});

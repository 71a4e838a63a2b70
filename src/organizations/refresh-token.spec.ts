import { randomBytes } from 'node:crypto';
import fc from 'fast-check';

import { newId } from '../common';
import { judgeRefresh, type RefreshState, RefreshTokens } from './refresh-token';

const NOW = new Date('2026-01-01T12:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

const aSession = (changes: Partial<RefreshState> = {}): RefreshState => ({
  id: newId('ses', NOW),
  salt: 'ab'.repeat(16),
  generation: 7,
  rotatedAt: secondsAgo(5),
  expiresAt: new Date('2026-01-31T12:00:00Z'),
  endedAt: null,
  ...changes,
});

const secret = randomBytes(32);
const tokens = new RefreshTokens([secret]);

describe('a refresh token', () => {
  it.each([
    { because: 'it is the current one', session: aSession(), generation: 7, verdict: 'rotate' },
    { because: 'it was replaced five seconds ago', session: aSession(), generation: 6, verdict: 'repeat' },
    {
      because: 'it was replaced exactly ten seconds ago',
      session: aSession({ rotatedAt: secondsAgo(10) }),
      generation: 6,
      verdict: 'repeat',
    },
    { because: 'another replica’s clock is ahead', session: aSession({ rotatedAt: secondsAgo(-3) }), generation: 6, verdict: 'repeat' },
    { because: 'it was replaced longer ago', session: aSession({ rotatedAt: secondsAgo(10.001) }), generation: 6, verdict: 'reuse' },
    { because: 'it was replaced twice', session: aSession(), generation: 5, verdict: 'reuse' },
    { because: 'a restored database is behind it', session: aSession(), generation: 8, verdict: 'reuse' },
    { because: 'its session ended', session: aSession({ endedAt: NOW }), generation: 7, verdict: 'over' },
    { because: 'its session expires at this very instant', session: aSession({ expiresAt: NOW }), generation: 7, verdict: 'over' },
    { because: 'it is old, but of a session that ended', session: aSession({ endedAt: NOW }), generation: 2, verdict: 'over' },
  ])('gets the verdict $verdict because $because', ({ session, generation, verdict }) => {
    expect(judgeRefresh(session, generation, NOW)).toBe(verdict);
  });

  it('is read back as it was written, and is the same whenever it is made', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (generation) => {
        const session = aSession({ generation });
        const token = tokens.write(session);
        expect(tokens.write(session)).toBe(token);
        const parsed = tokens.read(token)!;
        expect(parsed).toMatchObject({ sessionId: session.id, generation });
        expect(tokens.isGenuine(parsed, session.salt)).toBe(true);
      }),
    );
  });

  it('is not genuine after any one character of it was changed', () => {
    const session = aSession();
    const token = tokens.write(session);
    for (let i = 0; i < token.length; i++) {
      for (const other of ['0', '7', 'a', 'B', '_', '-', ' ', '\n']) {
        if (other === token[i]) continue;
        const parsed = tokens.read(token.slice(0, i) + other + token.slice(i + 1));
        expect(parsed !== undefined && tokens.isGenuine(parsed, session.salt)).toBe(false);
      }
    }
  });

  it('is not genuine for another session, generation, salt or secret', () => {
    const session = aSession();
    const parsed = tokens.read(tokens.write(session))!;
    expect(tokens.isGenuine({ ...parsed, sessionId: newId('ses', NOW) }, session.salt)).toBe(false);
    expect(tokens.isGenuine({ ...parsed, generation: 8 }, session.salt)).toBe(false);
    expect(tokens.isGenuine(parsed, 'cd'.repeat(16))).toBe(false);
    expect(new RefreshTokens([randomBytes(32)]).isGenuine(parsed, session.salt)).toBe(false);
  });

  it('R24 outlives the secret it was made with, as long as that is still listed', () => {
    const session = aSession();
    const rotated = new RefreshTokens([randomBytes(32), secret]);
    expect(rotated.isGenuine(rotated.read(tokens.write(session))!, session.salt)).toBe(true);
  });

  it.each(['', 'ksr_', 'eyJhbGciOiJub25lIn0.e30.', 'ksr_0_0_0', `ksr_${'0'.repeat(26)}_01_${'A'.repeat(43)}`, 'x'.repeat(200)])(
    'is not read out of %j',
    (text) => {
      expect(tokens.read(text)).toBeUndefined();
    },
  );
});

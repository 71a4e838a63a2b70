import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a session row knows about its refresh tokens. */
export interface RefreshState {
  readonly id: string;
  readonly salt: string;
  readonly generation: number;
  readonly rotatedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

/** A refresh token taken apart. Nothing in it is believed before `isGenuine` says so. */
export interface ParsedRefreshToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly mac: Buffer;
}

/**
 * `rotate`: the current token, its successor is due. `repeat`: the one before, a moment ago; it gets the same successor again,
 * or two tabs that refresh at once log each other out. `reuse`: an older one, so somebody has a copy. `over`: nothing to refresh.
 */
export type RefreshVerdict = 'rotate' | 'repeat' | 'reuse' | 'over';

export const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;
const REPEAT_WITHIN_MS = 10_000;

const SHAPE = /^ksr_([0-7][0-9a-hjkmnp-tv-z]{25})_(0|[1-9][0-9]{0,8})_([A-Za-z0-9_-]{43})$/;

/** Whether a genuine token of `generation` may be traded for the next one. */
export function judgeRefresh(session: RefreshState, generation: number, now: Date): RefreshVerdict {
  if (session.endedAt !== null || session.expiresAt <= now) return 'over';
  if (generation === session.generation) return 'rotate';
  const justRotated = now.getTime() - session.rotatedAt.getTime() <= REPEAT_WITHIN_MS;
  return generation === session.generation - 1 && justRotated ? 'repeat' : 'reuse';
}

/**
 * Writes and reads refresh tokens: `ksr_<session>_<generation>_<mac>`. No token is stored, not even as a digest: the MAC over
 * session, generation and the session's salt proves it, and the same successor can be made again.
 */
export class RefreshTokens {
  /** @param secrets the first one makes new tokens, all of them are accepted */
  constructor(private readonly secrets: readonly Buffer[]) {}

  write({ id, salt, generation }: Pick<RefreshState, 'id' | 'salt' | 'generation'>): string {
    return `ksr_${id.slice('ses_'.length)}_${generation}_${mac(this.secrets[0]!, id, generation, salt).toString('base64url')}`;
  }

  read(token: string): ParsedRefreshToken | undefined {
    const [, session, generation, text] = SHAPE.exec(token) ?? [];
    if (session === undefined || generation === undefined || text === undefined) return undefined;
    const given = Buffer.from(text, 'base64url');
    // The last character carries four bits only; one text per token.
    if (given.toString('base64url') !== text) return undefined;
    return { sessionId: `ses_${session}`, generation: Number(generation), mac: given };
  }

  isGenuine({ sessionId, generation, mac: given }: ParsedRefreshToken, salt: string): boolean {
    return this.secrets.some((secret) => timingSafeEqual(mac(secret, sessionId, generation, salt), given));
  }
}

const mac = (secret: Buffer, sessionId: string, generation: number, salt: string): Buffer =>
  createHmac('sha256', secret).update(`${sessionId}|${generation}|${salt}`).digest();

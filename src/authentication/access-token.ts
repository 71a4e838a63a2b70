import { errors, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';

import { type Clock, isId } from '../common';

/** What an access token says: who (`sub`), where (`org`), in which session (`sid`). */
export interface AccessClaims {
  readonly sub: string;
  readonly org: string;
  readonly sid: string;
  readonly jti: string;
  /** Seconds since 1970, like `exp`. */
  readonly iat: number;
  readonly exp: number;
}

/** A private Ed25519 key as RFC 8037 writes it. */
export interface AccessTokenKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  readonly x: string;
  readonly d: string;
}

export interface AccessTokenOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The first one signs, all of them verify. */
  readonly signingKeys: readonly AccessTokenKey[];
  /** `host`: subjects and organizations have ids of another system's making. Default: ours. */
  readonly ids?: 'host';
}

type Key = Awaited<ReturnType<typeof importJWK>>;

export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ALGORITHM = 'EdDSA';
const TYPE = 'at+jwt';
const CLOCK_TOLERANCE_SECONDS = 5;
const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'org', 'sid', 'jti', 'iat', 'exp'];

/** Signs and verifies the access tokens of people (RFC 9068, RFC 8725). Whether the session still lives is not its question. */
export class AccessTokens {
  private readonly publicKeys: ReadonlyMap<string, Promise<Key>>;
  private readonly signingKey: Promise<Key>;
  private readonly kid: string;

  constructor(
    private readonly options: AccessTokenOptions,
    private readonly clock: Clock,
  ) {
    const [first] = options.signingKeys;
    if (!first) throw new Error('AccessTokens needs at least one signing key');
    this.kid = first.kid;
    this.signingKey = importJWK(first, ALGORITHM);
    this.publicKeys = new Map(options.signingKeys.map(({ kty, crv, kid, x }) => [kid, importJWK({ kty, crv, x }, ALGORITHM)]));
  }

  async sign({ sub, org, sid }: Pick<AccessClaims, 'sub' | 'org' | 'sid'>): Promise<string> {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1_000);
    return new SignJWT({ org, sid })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.kid })
      .setIssuer(this.options.issuer)
      .setAudience(this.options.audience)
      .setSubject(sub)
      .setJti(randomBytes(16).toString('base64url'))
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
      .sign(await this.signingKey);
  }

  /** A token that is wrong in any way but its age is `invalid_token`, whatever is wrong with it. */
  async verify(token: string): Promise<AccessClaims | 'invalid_token' | 'token_expired'> {
    if (!isCanonical(token)) return 'invalid_token';
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.publicKey(kid), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.options.issuer,
        audience: this.options.audience,
        requiredClaims: REQUIRED_CLAIMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        // Also refuses an `iat` in the future.
        maxTokenAge: ACCESS_TOKEN_SECONDS,
        currentDate: this.clock.now(),
      });
      return claimsOf(payload, this.options.ids === 'host' ? isHostId : isOurId) ?? 'invalid_token';
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'token_expired';
      if (error instanceof errors.JOSEError) return 'invalid_token';
      throw error;
    }
  }

  /** Only our own keys, by their id: a key that the token brings along or points to is never looked at. */
  private publicKey(kid: unknown): Promise<Key> {
    const key = typeof kid === 'string' ? this.publicKeys.get(kid) : undefined;
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}

/** Whether a token that has been verified would be found in time again. */
export function isInTime({ iat, exp }: Pick<AccessClaims, 'iat' | 'exp'>, now: Date): boolean {
  const age = Math.floor(now.getTime() / 1_000) - iat;
  const longest = Math.min(ACCESS_TOKEN_SECONDS, exp - iat - 1);
  return age >= -CLOCK_TOLERANCE_SECONDS && age <= longest + CLOCK_TOLERANCE_SECONDS;
}

/** Three segments, each as base64url writes it: other last characters decode to the same bytes, and one token has one text. */
function isCanonical(token: string): boolean {
  const segments = token.split('.');
  return segments.length === 3 && segments.every((segment) => Buffer.from(segment, 'base64url').toString('base64url') === segment);
}

/** `undefined` where a claim is of another type or form than ours. No user row is read for such a token. */
function claimsOf(
  { sub, org, sid, jti, aud, iat, exp }: JWTPayload,
  isIdOf: (prefix: 'usr' | 'org' | 'ses', text: unknown) => text is string,
): AccessClaims | undefined {
  const wellFormed = isIdOf('usr', sub) && isIdOf('org', org) && isIdOf('ses', sid) && typeof jti === 'string' && jti !== '';
  if (!wellFormed || typeof aud !== 'string' || !Number.isInteger(iat) || !Number.isInteger(exp)) return undefined;
  return { sub, org, sid, jti, iat: iat!, exp: exp! };
}

const isOurId = isId;
const isHostId = (_prefix: string, text: unknown): text is string => typeof text === 'string' && /^[\x21-\x7e]{1,64}$/.test(text);

import { createPrivateKey, hkdfSync } from 'node:crypto';

import { type Clock, DEFAULT_REALM, type DenialCode, type Principal, RecentlyUsed } from '../common';
import { nameOf } from '../keys';
import type { OwnerDirectory } from '../organizations';
import { ACCESS_TOKEN_SECONDS, type AccessClaims, type AccessTokenKey, AccessTokens, isInTime } from './access-token';
import type { UserTokenVerifier } from './user-tokens';

/** A person of a host, in one of its organizations. */
export interface HostUser {
  readonly userId: string;
  readonly organizationId: string;
}

export interface UserTokensOptions {
  /** Issuer and audience: the name or the URL of the host. */
  readonly issuer: string;
  /** The first one signs, all of them verify. */
  readonly signingKeys: readonly AccessTokenKey[];
  readonly realm?: string;
}

const MOST_REMEMBERED = 20_000;

/**
 * Access tokens of a host's people. The host checks the password and calls `issue`; what the person may do is asked of its
 * `OwnerDirectory` at each call, so that a token of somebody who has been dismissed is worth nothing at once.
 */
export class UserTokens implements UserTokenVerifier {
  /** How long a token holds. */
  readonly lifetimeSeconds = ACCESS_TOKEN_SECONDS;

  private readonly tokens: AccessTokens;
  private readonly realm: string;
  /** Of tokens whose signature is known to be good. */
  private readonly verified = new RecentlyUsed<string, AccessClaims>(MOST_REMEMBERED);

  constructor(
    { issuer, signingKeys, realm = DEFAULT_REALM }: UserTokensOptions,
    private readonly owners: OwnerDirectory,
    private readonly clock: Clock,
  ) {
    this.tokens = new AccessTokens({ issuer, audience: issuer, signingKeys, ids: 'host' }, clock);
    this.realm = realm;
  }

  async issue({ userId, organizationId }: HostUser): Promise<string> {
    return this.tokens.sign({ sub: userId, org: organizationId, sid: this.realm });
  }

  async principalOf(token: string): Promise<Principal | DenialCode> {
    const claims = await this.claimsOf(token);
    if (typeof claims === 'string') return claims;
    // Two systems that share their secrets are two systems all the same.
    if (claims.sid !== this.realm) return 'invalid_token';
    const owner = { type: 'user', id: claims.sub } as const;
    const { isActive, organizationStatus, scopes } = await this.owners.standing(claims.org, owner);
    if (!isActive || organizationStatus === 'deleted') return 'invalid_token';
    if (organizationStatus === 'suspended') return 'organization_suspended';
    return {
      type: 'user',
      id: claims.sub,
      organizationId: claims.org,
      userId: claims.sub,
      scopes,
      environment: 'live',
      expiresAt: new Date(claims.exp * 1_000),
      realm: this.realm,
      owner,
      sessionId: null,
      credentialPrefix: null,
      keyName: null,
      operator: false,
    };
  }

  private async claimsOf(token: string): Promise<AccessClaims | DenialCode> {
    const name = nameOf(token);
    const known = this.verified.get(name);
    if (known && isInTime(known, this.clock.now())) return known;
    const claims = await this.tokens.verify(token);
    if (typeof claims === 'object') this.verified.set(name, claims);
    return claims;
  }
}

/** What precedes the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signing key that every replica with this secret has as well. */
export function signingKeyFrom({ id, secret }: { readonly id: string; readonly secret: Buffer }): AccessTokenKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'keystile:user-tokens', 32));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  return { ...(key.export({ format: 'jwk' }) as Omit<AccessTokenKey, 'kid'>), kid: id };
}

import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, type DenialCode, type Principal } from '../common';
import { FRESHNESS, type Freshness } from '../coordination';
import { FreshMemory, nameOf } from '../keys';
import { SessionService } from '../organizations';
import { type AccessClaims, AccessTokens, isInTime } from './access-token';
import type { UserTokenVerifier } from './user-tokens';

/** About 1 KiB each. */
const MOST_REMEMBERED = 20_000;

/** Somebody whose token has been verified, and whose session was running. */
interface KnownUser {
  readonly claims: AccessClaims;
  readonly sessionEndsAt: Date | null;
  readonly principal: Principal;
}

/** Access tokens of the service's own sessions. Who a good one belongs to is remembered until something of the organization changes. */
@Injectable()
export class SessionTokens implements UserTokenVerifier {
  private readonly memory: FreshMemory<KnownUser | DenialCode>;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(FRESHNESS) freshness: Freshness,
  ) {
    this.memory = new FreshMemory(freshness, MOST_REMEMBERED, (found) =>
      typeof found === 'string' ? null : found.principal.organizationId,
    );
  }

  recall(token: string): Principal | undefined {
    const known = this.memory.get(nameOf(token));
    if (known === undefined || typeof known === 'string') return undefined;
    const now = this.clock.now();
    const { claims, sessionEndsAt, principal } = known;
    return isInTime(claims, now) && (sessionEndsAt === null || sessionEndsAt > now) ? principal : undefined;
  }

  async principalOf(token: string): Promise<Principal | DenialCode> {
    const found = await this.memory.read(nameOf(token), () => this.ask(token));
    return typeof found === 'string' ? found : found.principal;
  }

  private async ask(token: string): Promise<KnownUser | DenialCode> {
    const claims = await this.tokens.verify(token);
    if (typeof claims === 'string') return claims;
    const principal = await this.sessions.principalOf(claims);
    if (typeof principal === 'string') return principal;
    return { claims, sessionEndsAt: principal.expiresAt, principal: { ...principal, expiresAt: new Date(claims.exp * 1_000) } };
  }
}

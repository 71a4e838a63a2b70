import { Injectable } from '@nestjs/common';

import type { DenialCode, Principal } from '../common';
import { SessionService } from '../organizations';
import { AccessTokens } from './access-token';
import type { UserTokenVerifier } from './user-tokens';

/** Access tokens of the service's own sessions. */
@Injectable()
export class SessionTokens implements UserTokenVerifier {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionService,
  ) {}

  async principalOf(token: string): Promise<Principal | DenialCode> {
    const claims = await this.tokens.verify(token);
    return typeof claims === 'string' ? claims : this.sessions.principalOf(claims);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { type Clock, CLOCK, findCall, KEY_REALM, Problem } from '../common';
import { RateLimiter } from '../rate-limits';
import { signInLimits } from './sign-in-limits';

/**
 * How often somebody may try a password at a host's own sign-in: 20 times a minute from one address, 10 times from one address for one
 * account, 60 times for one account. One machine tries many accounts, many machines try one.
 *
 * @example
 * ```ts
 * \@Post('session')
 * \@Public()
 * async signIn(\@Req() request: Request, \@Body() { email, password }: SignInDto) {
 *   await this.attempts.take(request, email);
 *   …
 * }
 * ```
 */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  /**
   * Counts one attempt. Call it before the password is looked at.
   * @param account what was typed in: also where there is no such account, or its limit would tell that there is none
   * @throws Problem `rate_limited`
   */
  async take(request: { readonly raw: IncomingMessage } | IncomingMessage, account: string): Promise<void> {
    const { remoteAddress = '' } = ('raw' in request ? request.raw : request).socket;
    const ip = findCall(request)?.ip ?? remoteAddress;
    const limits = signInLimits(`sign-in:${this.realm}`, ip, account.normalize('NFC').toLowerCase());
    const { allowed, retryAfterSeconds } = await this.limiter.takeAll(limits, this.clock.now());
    if (!allowed) throw new Problem('rate_limited', { retryAfterSeconds });
  }
}

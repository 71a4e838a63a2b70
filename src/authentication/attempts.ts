import { Inject, Injectable } from '@nestjs/common';

import { addressGroup, type Clock, CLOCK, Problem } from '../common';
import { fold } from '../organizations';
import { type RateLimit, RateLimiter } from '../rate-limits';

const PER_ADDRESS: RateLimit = { limit: 20, windowSeconds: 60 };
const PER_ACCOUNT: RateLimit = { limit: 10, windowSeconds: 60 };
/** Their tokens cannot be guessed; this bounds the work of hashing passwords. */
const ACCEPTS_PER_ADDRESS: RateLimit = { limit: 60, windowSeconds: 60 };
/** So that nobody's mailbox is flooded. */
const MAILS_PER_ACCOUNT: RateLimit = { limit: 3, windowSeconds: 15 * 60 };

/**
 * How often somebody may try what can be guessed, or costs a password hash. By address and by account: one machine tries many
 * accounts, many machines try one. The same for accounts that do not exist.
 */
@Injectable()
export class Attempts {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem `rate_limited` */
  login(ip: string, email: string): void {
    this.take(`login:ip:${addressGroup(ip)}`, PER_ADDRESS);
    this.take(`login:account:${fold(email)}`, PER_ACCOUNT);
  }

  /** A signed-in person says the password again. @throws Problem `rate_limited` */
  password(userId: string): void {
    this.take(`password:${userId}`, PER_ACCOUNT);
  }

  /** @throws Problem `rate_limited` */
  passwordResetMail(ip: string, email: string): void {
    this.take(`reset-mail:ip:${addressGroup(ip)}`, PER_ADDRESS);
    this.take(`reset-mail:account:${fold(email)}`, MAILS_PER_ACCOUNT);
  }

  /** @throws Problem `rate_limited` */
  passwordReset(ip: string): void {
    this.take(`reset:ip:${addressGroup(ip)}`, PER_ADDRESS);
  }

  /** @throws Problem `rate_limited` */
  setup(ip: string): void {
    this.take(`setup:ip:${addressGroup(ip)}`, PER_ADDRESS);
  }

  /** @param email whom the invitation is for, where there is one. @throws Problem `rate_limited` */
  acceptInvitation(ip: string, email: string | undefined): void {
    this.take(`accept:ip:${addressGroup(ip)}`, ACCEPTS_PER_ADDRESS);
    if (email !== undefined) this.take(`login:account:${fold(email)}`, PER_ACCOUNT);
  }

  private take(key: string, limit: RateLimit): void {
    const { allowed, retryAfterSeconds } = this.limiter.take(key, limit, this.clock.now());
    if (!allowed) throw new Problem('rate_limited', { retryAfterSeconds });
  }
}

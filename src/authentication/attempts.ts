import { Inject, Injectable } from '@nestjs/common';

import { addressGroup, type Clock, CLOCK, Problem } from '../common';
import { fold } from '../organizations';
import { type KeyedLimit, type RateLimit, RateLimiter } from '../rate-limits';
import { accountLimits, PER_ADDRESS, signInLimits } from './sign-in-limits';

/** Of somebody who is signed in. */
const PER_USER: RateLimit = { limit: 10, windowSeconds: 60 };
/** Their tokens cannot be guessed; this bounds the work of hashing passwords. */
const ACCEPTS_PER_ADDRESS: RateLimit = { limit: 60, windowSeconds: 60 };
/** So that nobody's mailbox is flooded. */
const MAILS_PER_ACCOUNT: RateLimit = { limit: 3, windowSeconds: 15 * 60 };

/** How often somebody may try what can be guessed, or costs a password hash. */
@Injectable()
export class Attempts {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem `rate_limited` */
  async login(ip: string, email: string): Promise<void> {
    await this.take(signInLimits('login', ip, fold(email)));
  }

  /** A signed-in person says the password again. @throws Problem `rate_limited` */
  async password(userId: string): Promise<void> {
    await this.take([{ key: `password:${userId}`, ...PER_USER }]);
  }

  /** @throws Problem `rate_limited` */
  async passwordResetMail(ip: string, email: string): Promise<void> {
    await this.take([
      { key: `reset-mail:ip:${addressGroup(ip)}`, ...PER_ADDRESS },
      { key: `reset-mail:account:${fold(email)}`, ...MAILS_PER_ACCOUNT },
    ]);
  }

  /** @throws Problem `rate_limited` */
  async passwordReset(ip: string): Promise<void> {
    await this.take([{ key: `reset:ip:${addressGroup(ip)}`, ...PER_ADDRESS }]);
  }

  /** @throws Problem `rate_limited` */
  async setup(ip: string): Promise<void> {
    await this.take([{ key: `setup:ip:${addressGroup(ip)}`, ...PER_ADDRESS }]);
  }

  /** @param email whom the invitation is for, where there is one. @throws Problem `rate_limited` */
  async acceptInvitation(ip: string, email: string | undefined): Promise<void> {
    const ofAccount = email === undefined ? [] : accountLimits('login', ip, fold(email));
    await this.take([{ key: `accept:ip:${addressGroup(ip)}`, ...ACCEPTS_PER_ADDRESS }, ...ofAccount]);
  }

  private async take(limits: readonly KeyedLimit[]): Promise<void> {
    const { allowed, retryAfterSeconds } = await this.limiter.takeAll(limits, this.clock.now());
    if (!allowed) throw new Problem('rate_limited', { retryAfterSeconds });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';

import { type Clock, CLOCK, newId } from '../common';
import { newOneTimeToken, tokenDigest } from './one-time-link';
import { type OneTimePurpose, OneTimeToken } from './one-time-token.entity';

const LIFETIME_MS = 30 * 60_000;

/** Links that work once, for half an hour. */
@Injectable()
export class OneTimeTokens {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async mint(manager: EntityManager, purpose: OneTimePurpose, userId: string | null): Promise<string> {
    const createdAt = this.clock.now();
    const token = newOneTimeToken();
    await manager.insert(OneTimeToken, {
      id: newId('ott', createdAt),
      purpose,
      digest: tokenDigest(token),
      userId,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + LIFETIME_MS),
      usedAt: null,
    });
    return token;
  }

  /** A look without a change, before work is spent on it. */
  async find(manager: EntityManager, purpose: OneTimePurpose, token: string): Promise<OneTimeToken | null> {
    return manager.findOneBy(OneTimeToken, this.live(purpose, token));
  }

  /** Of many at once, one succeeds. */
  async use(manager: EntityManager, purpose: OneTimePurpose, token: string): Promise<boolean> {
    const { affected } = await manager.update(OneTimeToken, this.live(purpose, token), { usedAt: this.clock.now() });
    return affected === 1;
  }

  /** Takes back every other link of a person. */
  async void(manager: EntityManager, userId: string): Promise<void> {
    await manager.update(OneTimeToken, { userId, usedAt: IsNull() }, { usedAt: this.clock.now() });
  }

  private live(purpose: OneTimePurpose, token: string) {
    return { purpose, digest: tokenDigest(token), usedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
  }
}

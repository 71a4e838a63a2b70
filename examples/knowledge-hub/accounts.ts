import { Inject, Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { type Clock, CLOCK, conflict, type HostOwners, type KeyPolicy, type Owner, Problem } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import { Card, HubUser } from './hub.entity';

/** People and their passwords. Each one is an organization of their own, so nobody's keys are anybody else's business. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem `conflict` for an address that is taken */
  async signUp(email: string, password: string): Promise<HubUser> {
    const user = { id: randomUUID(), email: fold(email), passwordHash: await hash(password), createdAt: this.clock.now() };
    const users = this.database.getRepository(HubUser);
    await users.createQueryBuilder().insert().values(user).orIgnore().execute();
    if (!(await users.existsBy({ id: user.id }))) throw conflict('There is an account with this e-mail address');
    return user;
  }

  /** @throws Problem `login_failed` */
  async signIn(email: string, password: string): Promise<HubUser> {
    const user = await this.database.getRepository(HubUser).findOne({
      where: { email: fold(email) },
      select: { id: true, email: true, passwordHash: true, createdAt: true },
    });
    // A stranger's password is checked, too: how long an answer takes says nothing about who has an account.
    const matches = await verify(user?.passwordHash ?? (await NOBODYS), password);
    if (!user || !matches) throw new Problem('login_failed');
    return user;
  }

  async get(id: string): Promise<HubUser> {
    const user = await this.database.getRepository(HubUser).findOneBy({ id });
    if (!user) throw new Problem('login_failed');
    return user;
  }

  /** From here on nothing of the account works: who it belongs to is asked at every call (`owners.standing`). */
  async delete(id: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.delete(Card, { userId: id });
      await manager.delete(HubUser, { id });
    });
  }
}

/**
 * Their cards; and of their keys what the page at `/api-management` shows. Neither making nor changing nor rotating one there: a key with
 * other limits, or a second one beside the first, is what this system does not have (K05, K16, K22).
 */
const RIGHTS = ['card.*', 'api_key.read', 'api_key.revoke', 'call_log.read', 'audit_event.read'];

export const RATE_LIMIT = Symbol('hub:rate-limit');

/** What the keys ask: at every call, whose they are; of a new one, how often it may call. */
@Injectable()
export class HubOwners implements HostOwners {
  constructor(
    private readonly database: DataSource,
    @Inject(RATE_LIMIT) private readonly defaultRateLimit: KeyPolicy['defaultRateLimit'],
  ) {}

  async standing(organizationId: string, { id }: Owner) {
    const isActive = id === organizationId && (await this.database.getRepository(HubUser).existsBy({ id }));
    return { isActive, organizationStatus: 'active' as const, scopes: RIGHTS, userId: id };
  }

  async keyPolicy(): Promise<KeyPolicy> {
    return { maxLifetimeSeconds: null, expiryRequired: false, allowlistRequired: false, defaultRateLimit: this.defaultRateLimit };
  }
}

const fold = (email: string): string => email.normalize('NFC').toLowerCase();

const NOBODYS = hash(randomUUID());

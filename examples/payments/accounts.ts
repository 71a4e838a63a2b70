import { Injectable } from '@nestjs/common';
import type { HostOwners, Owner } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import { Account, Person } from './account.entity';
import { hashPassword, matchesPassword } from './password';
import { User } from './user.entity';

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * What an account may do, by its keys and its owners: “full access”. Not `*`, because Keystile's own interface knows more than the document
 * has: imports, the keys of other people, erasing from the audit trail. `organization.update` is the right to make the account's keys.
 */
const FULL_ACCESS = [
  'user.*',
  'charge.*',
  'security_event.read',
  'api_key.read',
  'api_key.create',
  'api_key.update',
  'api_key.rotate',
  'api_key.revoke',
  'organization.update',
  'call_log.read',
  'audit_event.read',
];

const RIGHTS: Readonly<Record<Person['role'], readonly string[]>> = {
  owner: FULL_ACCESS,
  viewer: ['user.read', 'charge.read', 'api_key.read'],
};

/** Accounts own the keys; people sign in to them. */
@Injectable()
export class Accounts implements HostOwners {
  constructor(private readonly database: DataSource) {}

  async standing(accountId: string, owner: Owner) {
    const organizationStatus = 'active' as const;
    if (owner.type === 'organization') {
      const isActive = owner.id === accountId && (await this.database.getRepository(Account).existsBy({ id: accountId }));
      return { isActive, organizationStatus, scopes: FULL_ACCESS, userId: null };
    }
    const person = await this.database.getRepository(Person).findOneBy({ id: owner.id, accountId });
    return { isActive: person !== null, organizationStatus, scopes: person ? RIGHTS[person.role] : [], userId: owner.id };
  }

  async isEmpty(): Promise<boolean> {
    return (await this.database.getRepository(Account).count()) === 0;
  }

  /** With the user of the document's sample, in live data and among the fixtures of test keys. */
  async open({ name, email, password }: NewAccount, now: Date): Promise<Account> {
    const account = { id: `acct_${randomUUID().slice(0, 18)}`, name };
    const passwordHash = await hashPassword(password);
    const sample = { accountId: account.id, id: 'usr_123', name: 'Ada Lovelace', email: 'ada@example.com', createdAt: now };
    await this.database.transaction(async (manager) => {
      await manager.insert(Account, account);
      await manager.insert(Person, { id: randomUUID(), accountId: account.id, email: email.toLowerCase(), passwordHash, role: 'owner' });
      await manager.insert(User, [
        { ...sample, environment: 'live' },
        { ...sample, environment: 'test' },
      ]);
    });
    return account;
  }

  /** @returns `null` where e-mail address and password do not belong together */
  async check(email: string, password: string): Promise<Person | null> {
    const person = await this.database
      .getRepository(Person)
      .createQueryBuilder('person')
      .addSelect('person.passwordHash')
      .where({ email: email.toLowerCase() })
      .getOne();
    return (await matchesPassword(password, person?.passwordHash)) ? person : null;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type FindOptionsWhere, In, IsNull } from 'typeorm';

import type { Owner } from '../common';
import { OWNER_ROLE } from './built-in-roles';
import type { KeyContactDirectory, KeyContacts } from './key-contacts';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';
import { User } from './user.entity';

/** Those who run an organization. Custom roles may do as much, but nobody asked to be told. */
const RUNNING = [OWNER_ROLE, 'admin'];
/** Those who have been there for the longest: writing to more makes nobody act sooner. */
const MOST_ADDRESSES = 50;

/** The owner of a key, where that is a person who is still there; else those who run the organization. */
@Injectable()
export class StoredKeyContacts implements KeyContactDirectory {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async contactsOf(organizationId: string, owner: Owner): Promise<KeyContacts | undefined> {
    const active = { id: organizationId, status: 'active', deletedAt: IsNull() } as const;
    const organization = await this.database.manager.findOneBy(Organization, active);
    if (!organization) return undefined;
    const own = owner.type === 'user' ? await this.addresses({ organizationId, userId: owner.id }) : [];
    return {
      organizationId,
      organizationName: organization.name,
      addresses: own.length > 0 ? own : await this.addresses({ organizationId, role: In(RUNNING) }),
    };
  }

  private async addresses(members: FindOptionsWhere<Membership>): Promise<string[]> {
    const { manager } = this.database;
    const places = await manager.find(Membership, { where: members, order: { createdAt: 'ASC', userId: 'ASC' }, take: MOST_ADDRESSES });
    const users = await manager.findBy(User, { id: In(places.map(({ userId }) => userId)), deletedAt: IsNull() });
    // No two users have one address.
    return users.flatMap(({ email }) => (email === null ? [] : [email]));
  }
}

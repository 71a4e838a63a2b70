import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { conflict, type HostOwners, notFound, type Owner, Problem } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import { ManagerOrganization, ManagerUser } from './manager.entity';

export type Role = ManagerUser['role'];

/**
 * What each role may do. An admin may do all that there is here, which is less than `*`: Keystile's own interface would also let one rotate
 * the key of another, or make a key in the other's name, and keep it when one is out (W15).
 */
const SCOPES: Readonly<Record<Role, readonly string[]>> = {
  admin: [
    'contact.*',
    'message.*',
    'template.*',
    'flow.*',
    'campaign.*',
    'chatbot.*',
    'analytics.*',
    'user.*',
    'api_key.read',
    'api_key.create',
    'api_key.delete',
    'api_key.revoke',
    'call_log.read',
    'audit_event.read',
  ],
  manager: ['contact.*', 'message.*', 'template.*', 'flow.*', 'campaign.*', 'chatbot.read', 'analytics.read'],
  agent: ['contact.read', 'message.*'],
};

interface NewUser {
  readonly email: string;
  readonly fullName: string;
  readonly password: string;
  readonly role: Role;
}

/** Organizations and who is in them. A key may do what its maker may at that moment (W15), so the keys ask here, at every call. */
@Injectable()
export class People implements HostOwners {
  constructor(private readonly database: DataSource) {}

  async standing(organizationId: string, { id }: Owner) {
    const user = await this.users.findOneBy({ id, organizationId });
    return { isActive: user?.isActive ?? false, organizationStatus: 'active' as const, scopes: user ? SCOPES[user.role] : [], userId: id };
  }

  /** A new organization and its first admin. */
  async register(organizationName: string, admin: Omit<NewUser, 'role'>): Promise<ManagerUser> {
    const organizationId = randomUUID();
    // First, because an organization without anybody harms nobody.
    await this.database.getRepository(ManagerOrganization).insert({ id: organizationId, name: organizationName });
    return this.add(organizationId, { ...admin, role: 'admin' });
  }

  /** @throws Problem `conflict` for an address that is taken */
  async add(organizationId: string, { email, fullName, password, role }: NewUser): Promise<ManagerUser> {
    const user = {
      id: randomUUID(),
      organizationId,
      email: fold(email),
      fullName,
      passwordHash: await hash(password),
      role,
      isActive: true,
    };
    await this.users.createQueryBuilder().insert().values(user).orIgnore().execute();
    if (!(await this.users.existsBy({ id: user.id }))) throw conflict('There is a user with this e-mail address');
    return user;
  }

  /** @throws Problem `login_failed` */
  async signIn(email: string, password: string): Promise<ManagerUser> {
    const user = await this.users
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .where({ email: fold(email) })
      .getOne();
    // A stranger's password is checked, too: how long an answer takes says nothing about who has an account.
    const matches = await verify(user?.passwordHash ?? (await NOBODYS), password);
    if (!user?.isActive || !matches) throw new Problem('login_failed');
    return user;
  }

  list(organizationId: string): Promise<ManagerUser[]> {
    return this.users.find({ where: { organizationId }, order: { email: 'ASC' } });
  }

  /** @throws Problem `conflict` for a change that leaves an organization without an admin */
  async change(
    organizationId: string,
    id: string,
    { role, isActive }: { readonly role?: Role; readonly isActive?: boolean },
  ): Promise<ManagerUser> {
    return this.database.transaction(async (manager) => {
      // Two admins who demote each other at the same moment come one after the other.
      await manager.update(ManagerOrganization, { id: organizationId }, { name: () => 'name' });
      const user = await manager.findOneBy(ManagerUser, { id, organizationId });
      if (!user) throw notFound();
      const changed = { role: role ?? user.role, isActive: isActive ?? user.isActive };
      await manager.update(ManagerUser, { id, organizationId }, changed);
      if (!(await manager.existsBy(ManagerUser, { organizationId, role: 'admin', isActive: true })))
        throw conflict('An organization needs an admin');
      return { ...user, ...changed };
    });
  }

  private get users() {
    return this.database.getRepository(ManagerUser);
  }
}

const fold = (email: string): string => email.normalize('NFC').toLowerCase();

const NOBODYS = hash(randomUUID());

import { Injectable } from '@nestjs/common';
import type { HostOwners, Owner } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import { hashPassword, matchesPassword } from './password';
import { StaffMember } from './staff.entity';

/** There is one company in this CRM, and all keys are the company's. */
export const COMPANY = 'crm';

const RIGHTS: Readonly<Record<StaffMember['role'], readonly string[]>> = {
  admin: ['*'],
  agent: ['client.*', 'invoice.*'],
};

/** Who signs in, and what they may do. */
@Injectable()
export class Staff implements HostOwners {
  constructor(private readonly database: DataSource) {}

  async standing(_organizationId: string, owner: Owner) {
    const organizationStatus = 'active' as const;
    if (owner.type === 'organization') return { isActive: owner.id === COMPANY, organizationStatus, scopes: ['*'], userId: null };
    const member = await this.database.getRepository(StaffMember).findOneBy({ id: owner.id });
    return { isActive: member !== null, organizationStatus, scopes: member ? RIGHTS[member.role] : [], userId: owner.id };
  }

  async add(email: string, password: string, role: StaffMember['role']): Promise<string> {
    const member = { id: randomUUID(), email: email.toLowerCase(), passwordHash: await hashPassword(password), role };
    await this.database.getRepository(StaffMember).insert(member);
    return member.id;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.database.getRepository(StaffMember).count()) === 0;
  }

  /** @returns `null` where e-mail address and password do not belong together */
  async check(email: string, password: string): Promise<StaffMember | null> {
    const member = await this.database
      .getRepository(StaffMember)
      .createQueryBuilder('staff')
      .addSelect('staff.passwordHash')
      .where({ email: email.toLowerCase() })
      .getOne();
    return (await matchesPassword(password, member?.passwordHash)) ? member : null;
  }
}

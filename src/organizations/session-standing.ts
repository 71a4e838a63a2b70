import type { DataSource } from 'typeorm';

import type { DenialCode, Principal } from '../common';
import { compactScopes } from '../permissions';
import { builtInRole } from './built-in-roles';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';
import { Role } from './role.entity';
import { Session } from './session.entity';
import { User } from './user.entity';

/** A session with everything that it stands on, as far as that is there: nothing deleted. */
export type Standing = Session & {
  readonly user?: User | null;
  readonly organization?: Organization | null;
  readonly membership?: Membership | null;
  readonly role?: Role | null;
};

/** In one query: this is asked at every call of a signed-in person. */
export async function findStanding(database: DataSource, sessionId: string): Promise<Standing | null> {
  return database
    .getRepository(Session)
    .createQueryBuilder('session')
    .leftJoinAndMapOne('session.user', User, 'user', 'user.id = session.userId AND user.deletedAt IS NULL')
    .leftJoinAndMapOne(
      'session.organization',
      Organization,
      'organization',
      'organization.id = session.organizationId AND organization.deletedAt IS NULL',
    )
    .leftJoinAndMapOne(
      'session.membership',
      Membership,
      'membership',
      'membership.organizationId = session.organizationId AND membership.userId = session.userId',
    )
    .leftJoinAndMapOne(
      'session.role',
      Role,
      'role',
      'role.id = membership.role AND role.organizationId = session.organizationId AND role.deletedAt IS NULL',
    )
    .where({ id: sessionId })
    .getOne();
}

/** What the person who runs the installation may do, whatever their role where they are signed in (`decisions.md` 16). */
export const OPERATOR_SCOPES = ['organization.create', 'organization.read', 'organization.suspend'];

/** Who a session acts as, or why it may not. */
export function judgeStanding({ user, organization, membership, role, ...session }: Standing, now: Date): Principal | DenialCode {
  if (session.endedAt !== null || session.expiresAt <= now || !user || !organization || !membership) return 'invalid_token';
  const operator = user.operator === true;
  const scopes = builtInRole(membership.role)?.scopes ?? role?.scopes ?? [];
  // Somebody has to be able to restore it.
  if (organization.status === 'suspended' && !operator) return 'organization_suspended';
  return {
    type: 'user',
    id: user.id,
    organizationId: organization.id,
    userId: user.id,
    scopes: operator ? compactScopes([...scopes, ...OPERATOR_SCOPES]) : scopes,
    environment: 'live',
    expiresAt: session.expiresAt,
    realm: 'default',
    owner: { type: 'user', id: user.id },
    sessionId: session.id,
    credentialPrefix: null,
    keyName: null,
    operator,
  };
}

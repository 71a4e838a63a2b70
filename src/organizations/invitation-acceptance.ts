import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, invalidField, isId, newId, Problem } from '../common';
import { covers } from '../permissions';
import { inTransaction, isDuplicate } from '../persistence';
import { findAccount, isStillAccount } from './accounts';
import { fold } from './fold';
import { Invitation } from './invitation.entity';
import { LoginService } from './login.service';
import { Membership } from './membership.entity';
import { tokenDigest } from './one-time-link';
import { Organization } from './organization.entity';
import { hashPassword } from './password';
import { scopesOfRole } from './role-scopes';
import { type Device, SessionService, type SignedIn } from './session.service';
import { User } from './user.entity';

export interface AcceptRequest {
  readonly token: string;
  /** Of a new account. */
  readonly name?: string | undefined;
  /** Of the account that there is, or of the new one. */
  readonly password?: string | undefined;
}

/** Lets people in who were invited: with their own account, or with one that is made for them. */
@Injectable()
export class InvitationAcceptance {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly logins: LoginService,
    private readonly sessions: SessionService,
  ) {}

  /** Whom an invitation is for, so that attempts can be counted; `undefined` where there is none to accept. */
  async addressee(token: string): Promise<string | undefined> {
    return (await this.find(token))?.email;
  }

  /**
   * @throws Problem `token_used_or_expired`, also where the inviter may not give the role any more; `validation_failed` where a
   * password or, for a new account, a name is missing; `login_failed` for the wrong password of an account;
   * `organization_suspended`; `conflict` for members
   */
  async accept(request: AcceptRequest, device: Device, actor: Actor): Promise<SignedIn> {
    const invitation = await this.find(request.token);
    if (!invitation) throw new Problem('token_used_or_expired');
    const { email } = invitation;
    if (request.password === undefined) throw invalidField('/password', 'is missing');
    const account = await findAccount(this.database.manager, { email });
    const user = account ? await this.logins.authenticate(email, request.password, actor) : await this.draft(email, request);
    try {
      return await inTransaction(this.database, (manager) => this.join(manager, invitation, user, account === null, device, actor));
    } catch (error) {
      // The account was made, or the person joined, at the same moment.
      if (isDuplicate(error)) throw conflict('The person with this address is a member already');
      throw error;
    }
  }

  private async join(
    manager: EntityManager,
    invitation: Invitation,
    user: User,
    isNew: boolean,
    device: Device,
    actor: Actor,
  ): Promise<SignedIn> {
    const { id, organizationId, role } = invitation;
    await this.use(manager, id);
    await requireOpenOrganization(manager, organizationId);
    if (!(await isStillMeant(manager, invitation))) throw new Problem('token_used_or_expired');
    if (isNew) await manager.insert(User, user);
    else if (!(await isStillAccount(manager, user))) throw new Problem('login_failed');
    await manager.insert(Membership, { organizationId, userId: user.id, role, createdAt: this.clock.now(), version: 1 });
    const signedIn = await this.sessions.start(manager, user, organizationId, device);
    const joining = { ...actor, type: 'user', id: user.id } as const;
    const target = { type: 'invitation', id };
    const after = { userId: user.id, role };
    await this.audit.record(manager, { organizationId, actor: joining, action: 'invitation.accepted', target, after });
    await this.sessions.recordStart(manager, signedIn, joining);
    return signedIn;
  }

  /** Of many at once, one succeeds. */
  private async use(manager: EntityManager, id: string): Promise<void> {
    const now = this.clock.now();
    const open = { id, acceptedAt: IsNull(), revokedAt: IsNull(), expiresAt: MoreThan(now) };
    const { affected } = await manager.update(Invitation, open, { acceptedAt: now, openFor: null });
    if (affected !== 1) throw new Problem('token_used_or_expired');
  }

  private async find(token: string): Promise<Invitation | null> {
    const open = { acceptedAt: IsNull(), revokedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    return this.database.getRepository(Invitation).findOneBy({ tokenDigest: tokenDigest(token), ...open });
  }

  private async draft(email: string, { name, password = '' }: AcceptRequest): Promise<User> {
    if (name === undefined) throw invalidField('/name', 'is missing');
    const createdAt = this.clock.now();
    return {
      id: newId('usr', createdAt),
      email,
      emailFolded: fold(email),
      name,
      passwordHash: await hashPassword(password),
      operator: null,
      createdAt,
      deletedAt: null,
      version: 1,
    };
  }
}

/** Somebody who leaves must not come back by an invitation of their own: it goes no further than whoever made it may go now. */
async function isStillMeant(manager: EntityManager, { organizationId, role, createdBy }: Invitation): Promise<boolean> {
  // Of a key nothing is known here: it did no more than its owner could do then.
  if (!isId('usr', createdBy)) return true;
  const inviter = await manager.findOneBy(Membership, { organizationId, userId: createdBy });
  const held = inviter ? await scopesOfRole(manager, organizationId, inviter.role) : [];
  return ['member.invite', ...(await scopesOfRole(manager, organizationId, role))].every((scope) => covers(held, scope));
}

async function requireOpenOrganization(manager: EntityManager, id: string): Promise<void> {
  const organization = await manager.findOneBy(Organization, { id, deletedAt: IsNull() });
  if (!organization) throw new Problem('token_used_or_expired');
  if (organization.status === 'suspended') throw new Problem('organization_suspended');
}

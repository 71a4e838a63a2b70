import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { notFound, Problem } from '../common';
import { inTransaction } from '../persistence';
import { findAccount, isStillAccount } from './accounts';
import { fold } from './fold';
import { placesOf } from './memberships';
import { isPassword } from './password';
import { type Device, SessionService, type SignedIn } from './session.service';
import type { User } from './user.entity';

export interface LoginRequest {
  readonly email: string;
  readonly password: string;
  /** Default: where the person has been longest. */
  readonly organizationId?: string | undefined;
}

/** Signs people in with their password. How often somebody may try is the business of whoever asks. */
@Injectable()
export class LoginService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditTrail,
    private readonly sessions: SessionService,
  ) {}

  /** @throws Problem `login_failed`, `not_found` for an organization of others, `organization_suspended`, `forbidden` */
  async login({ email, password, organizationId }: LoginRequest, device: Device, actor: Actor): Promise<SignedIn> {
    const user = await this.authenticate(email, password, actor);
    return inTransaction(this.database, async (manager) => {
      if (!(await isStillAccount(manager, user))) throw new Problem('login_failed');
      const place = await choosePlace(manager, user, organizationId);
      const signedIn = await this.sessions.start(manager, user, place, device);
      await this.sessions.recordStart(manager, signedIn, actor);
      return signedIn;
    });
  }

  /**
   * The account that this password is of. It takes the same time whether or not there is one.
   * @throws Problem `login_failed`, after an audit event
   */
  async authenticate(email: string, password: string, actor: Actor): Promise<User> {
    const user = await findAccount(this.database.manager, { email });
    if (await isPassword(user?.passwordHash, password)) return user!;
    await inTransaction(this.database, (manager) =>
      this.audit.record(manager, {
        organizationId: null,
        actor,
        action: 'user.login_failed',
        target: { type: 'user', id: user?.id ?? null },
        personal: { email: fold(email) },
      }),
    );
    throw new Problem('login_failed');
  }
}

async function choosePlace(manager: EntityManager, { id, operator }: User, wanted: string | undefined): Promise<string> {
  const places = await placesOf(manager, id);
  if (places.length === 0) throw new Problem('forbidden', {}, 'You belong to no organization');
  const open = places.filter(({ organization }) => organization.status === 'active' || operator === true);
  const chosen = wanted === undefined ? open[0] : open.find(({ organizationId }) => organizationId === wanted);
  if (chosen) return chosen.organizationId;
  const isElsewhere = wanted !== undefined && !places.some(({ organizationId }) => organizationId === wanted);
  throw isElsewhere ? notFound() : new Problem('organization_suspended');
}

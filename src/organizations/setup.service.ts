import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, newId, notFound, Problem } from '../common';
import { inTransaction, isDuplicate } from '../persistence';
import { fold } from './fold';
import { linkTo } from './one-time-link';
import { OneTimeTokens } from './one-time-tokens';
import { foundOrganization } from './organization-founding';
import { ORGANIZATIONS_OPTIONS, type OrganizationsOptions } from './organizations-options';
import { hashPassword } from './password';
import { PasswordResetService } from './password-reset.service';
import { type Device, SessionService, type SignedIn } from './session.service';
import { User } from './user.entity';

export interface SetupRequest {
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly organizationName: string;
}

const AT_THE_MACHINE: Actor = { type: 'system', id: null, requestId: null, ip: null };

/** Makes the first owner of an installation, once; and lets people back in from the command line. */
@Injectable()
export class SetupService {
  private afterSetUp?: () => void;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly sessions: SessionService,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly passwordResets: PasswordResetService,
    @Inject(ORGANIZATIONS_OPTIONS) private readonly options: OrganizationsOptions,
  ) {}

  /** Called once, in the process that was set up, when there is an owner. */
  onSetUp(listener: () => void): void {
    this.afterSetUp = listener;
  }

  /** @returns `null` once there is an owner */
  async mintSetupLink(): Promise<string | null> {
    if (await isSetUp(this.database.manager)) return null;
    const token = await inTransaction(this.database, (manager) => this.oneTimeTokens.mint(manager, 'setup', null));
    return linkTo(this.options.publicUrl, 'setup', token);
  }

  /** @returns `null` where no account has this address */
  async mintResetLink(email: string): Promise<string | null> {
    return this.passwordResets.mintLinkFor(email, AT_THE_MACHINE);
  }

  /**
   * Of many at once, with one token or with several, one succeeds: there can be one operator only.
   * @throws Problem `not_found` once there is an owner; `token_used_or_expired`
   */
  async setUp(request: SetupRequest, device: Device, actor: Actor): Promise<SignedIn> {
    const { manager } = this.database;
    if (await isSetUp(manager)) throw notFound();
    if (!(await this.oneTimeTokens.find(manager, 'setup', request.token))) throw new Problem('token_used_or_expired');
    const passwordHash = await hashPassword(request.password);
    try {
      const signedIn = await inTransaction(this.database, (inside) => this.createAll(inside, request, passwordHash, device, actor));
      this.afterSetUp?.();
      return signedIn;
    } catch (error) {
      if (isDuplicate(error)) throw notFound();
      throw error;
    }
  }

  private async createAll(
    manager: EntityManager,
    { token, email, name, organizationName }: SetupRequest,
    passwordHash: string,
    device: Device,
    actor: Actor,
  ): Promise<SignedIn> {
    const isFirst = await this.oneTimeTokens.use(manager, 'setup', token);
    if (await isSetUp(manager)) throw notFound();
    if (!isFirst) throw new Problem('token_used_or_expired');
    const now = this.clock.now();
    const user: User = {
      id: newId('usr', now),
      email,
      emailFolded: fold(email),
      name,
      passwordHash,
      operator: true,
      createdAt: now,
      deletedAt: null,
      version: 1,
    };
    await manager.insert(User, user);
    const organization = await foundOrganization(manager, organizationName, user.id, now);
    const signedIn = await this.sessions.start(manager, user, organization.id, device);
    await this.recordSetup(manager, signedIn, organizationName, { ...actor, type: 'user', id: user.id });
    return signedIn;
  }

  private async recordSetup(manager: EntityManager, signedIn: SignedIn, name: string, actor: Actor): Promise<void> {
    const { organizationId } = signedIn;
    const target = { type: 'organization', id: organizationId };
    await this.audit.record(manager, { organizationId, actor, action: 'organization.created', target, after: { name } });
    await this.sessions.recordStart(manager, signedIn, actor);
    await this.audit.record(manager, { organizationId: null, actor, action: 'installation.set_up', target });
  }
}

/** Deleted accounts count: an installation is set up once. */
const isSetUp = (manager: EntityManager): Promise<boolean> => manager.existsBy(User, { operator: true });

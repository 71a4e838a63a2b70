import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { Problem } from '../common';
import { inTransaction } from '../persistence';
import { findAccount } from './accounts';
import { BackgroundWork } from './background-work';
import { type Mailer, MAILER } from './mailer';
import { linkTo } from './one-time-link';
import { OneTimeTokens } from './one-time-tokens';
import { ORGANIZATIONS_OPTIONS, type OrganizationsOptions } from './organizations-options';
import { hashPassword } from './password';
import { SessionService } from './session.service';
import { User } from './user.entity';
import { recordEverywhere } from './user-events';

/** Lets people back in who forgot their password, by a link that works once. */
@Injectable()
export class PasswordResetService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly audit: AuditTrail,
    private readonly sessions: SessionService,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly background: BackgroundWork,
    @Inject(MAILER) private readonly mailer: Mailer,
    @Inject(ORGANIZATIONS_OPTIONS) private readonly options: OrganizationsOptions,
  ) {}

  /** Mails a link, if there is such an account and a mail server. Nobody waits, so nobody can tell by the time whether there is one. */
  request(email: string, actor: Actor): void {
    if (!this.mailer.isConfigured) return;
    this.background.start('Mailing a password reset', async () => {
      const account = await findAccount(this.database.manager, { email });
      if (!account || account.email === null) return;
      const link = await this.mintLink(account, actor);
      await this.mailer.send({
        to: account.email,
        subject: 'Reset your password',
        text: `Somebody, hopefully you, asked for a new password for your Keystile account. Follow this link within 30 minutes:\n\n${link}\n\nIf it was not you, do nothing: your password stays as it is.\n`,
      });
    });
  }

  /** For somebody who stands at the machine. @returns `null` where there is no such account */
  async mintLinkFor(email: string, actor: Actor): Promise<string | null> {
    const account = await findAccount(this.database.manager, { email });
    return account && this.mintLink(account, actor);
  }

  /**
   * Ends every session of the person.
   * @throws Problem `token_used_or_expired`
   */
  async reset(token: string, password: string, actor: Actor): Promise<void> {
    const found = await this.oneTimeTokens.find(this.database.manager, 'password_reset', token);
    const userId = found?.userId ?? undefined;
    if (userId === undefined) throw new Problem('token_used_or_expired');
    const passwordHash = await hashPassword(password);
    await inTransaction(this.database, async (manager) => {
      if (!(await this.oneTimeTokens.use(manager, 'password_reset', token))) throw new Problem('token_used_or_expired');
      const changes = { passwordHash, version: () => 'version + 1' };
      const { affected } = await manager.update(User, { id: userId, deletedAt: IsNull() }, changes);
      if (affected !== 1) throw new Problem('token_used_or_expired');
      await this.sessions.endAll(manager, { userId }, 'password_reset');
      await this.oneTimeTokens.void(manager, userId);
      await recordEverywhere(manager, this.audit, userId, { actor, action: 'user.password_reset' });
    });
  }

  private async mintLink({ id }: User, actor: Actor): Promise<string> {
    return inTransaction(this.database, async (manager) => {
      const token = await this.oneTimeTokens.mint(manager, 'password_reset', id);
      await recordEverywhere(manager, this.audit, id, { actor, action: 'user.password_reset_requested' });
      return linkTo(this.options.publicUrl, 'reset-password', token);
    });
  }
}

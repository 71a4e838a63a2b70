import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { BackgroundWork } from './background-work';
import type { Invitation } from './invitation.entity';
import { type Mailer, MAILER } from './mailer';
import { linkTo } from './one-time-link';
import { Organization } from './organization.entity';
import { ORGANIZATIONS_OPTIONS, type OrganizationsOptions } from './organizations-options';

/** What the inviting person gets to see of the link. */
export interface SentInvitation {
  readonly token: string;
  readonly url: string;
  readonly mailed: boolean;
}

/** Brings invitations to the people invited, where there is a mail server. Else the link is passed on by hand. */
@Injectable()
export class InvitationMail {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly background: BackgroundWork,
    @Inject(MAILER) private readonly mailer: Mailer,
    @Inject(ORGANIZATIONS_OPTIONS) private readonly options: OrganizationsOptions,
  ) {}

  /** After the commit; a mail that cannot be sent is logged and undoes nothing. */
  async send({ organizationId, email }: Invitation, token: string): Promise<SentInvitation> {
    const url = linkTo(this.options.publicUrl, 'accept-invitation', token);
    if (!this.mailer.isConfigured) return { token, url, mailed: false };
    const { name } = await this.database.getRepository(Organization).findOneByOrFail({ id: organizationId });
    this.background.start('Mailing an invitation', () =>
      this.mailer.send({
        to: email,
        subject: `Join ${name} on Keystile`,
        text: `You are invited to join ${name} on Keystile. Follow this link within a week:\n\n${url}\n\nIf you did not expect it, do nothing.\n`,
      }),
    );
    return { token, url, mailed: true };
  }
}

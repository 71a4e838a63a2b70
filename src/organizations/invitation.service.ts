import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, LessThanOrEqual } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, newId, notFound, type Page, PageCursors, type Principal } from '../common';
import type { PageQueryDto } from '../http';
import { inTransaction } from '../persistence';
import type { Caller } from './caller';
import { refusingDuplicates } from './duplicates';
import { fold } from './fold';
import { InvitationMail } from './invitation-mail';
import type { CreatedInvitationView, CreateInvitationDto, InvitationView } from './invitation.dto';
import { Invitation } from './invitation.entity';
import { Membership } from './membership.entity';
import { newestFirst, positionOf } from './newest-first';
import { newOneTimeToken, tokenDigest } from './one-time-link';
import { requireGrantable } from './role-scopes';
import { User } from './user.entity';

const LIFETIME_MS = 7 * 24 * 3_600_000;

/** Offers places to people by their e-mail address. What becomes of an offer is the business of `InvitationAcceptance`. */
@Injectable()
export class InvitationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly cursors: PageCursors,
    private readonly mail: InvitationMail,
  ) {}

  /** @throws Problem `scope_exceeds_grantor`; `conflict` for members and for addresses with an open invitation */
  async create({ principal, actor }: Caller, dto: CreateInvitationDto): Promise<CreatedInvitationView> {
    const { organizationId } = principal;
    const token = newOneTimeToken();
    const invitation = this.draft(principal, dto, token);
    await refusingDuplicates('An invitation for this address is open: revoke it first', () =>
      inTransaction(this.database, async (manager) => {
        await requireGrantable(manager, principal, dto.role);
        await this.requireStranger(manager, invitation);
        await this.closeExpired(manager, invitation);
        await manager.insert(Invitation, invitation);
        const target = { type: 'invitation', id: invitation.id };
        const personal = { email: dto.email };
        await this.audit.record(manager, {
          organizationId,
          actor,
          action: 'invitation.created',
          target,
          after: { role: dto.role },
          personal,
        });
      }),
    );
    return { ...this.view(invitation), ...(await this.mail.send(invitation, token)) };
  }

  async list({ organizationId }: Principal, page: PageQueryDto): Promise<Page<InvitationView>> {
    const audience = `invitations:${organizationId}`;
    const rows = await newestFirst(this.database.manager, Invitation, { organizationId }, this.cursors, audience, page);
    return this.cursors.page(audience, rows, page.limit, positionOf, (row) => this.view(row));
  }

  /** @throws Problem `not_found` */
  async get({ organizationId }: Principal, id: string): Promise<InvitationView> {
    return this.view(await this.row(this.database.manager, organizationId, id));
  }

  /**
   * Takes an offer back. Repeating it changes nothing.
   * @throws Problem `not_found`; `conflict` for one that was accepted
   */
  async revoke({ principal, actor }: Caller, id: string): Promise<void> {
    const { organizationId } = principal;
    await inTransaction(this.database, async (manager) => {
      const open = { id, organizationId, acceptedAt: IsNull(), revokedAt: IsNull() };
      const { affected } = await manager.update(Invitation, open, { revokedAt: this.clock.now(), openFor: null });
      if (affected === 1) {
        const target = { type: 'invitation', id };
        await this.audit.record(manager, { organizationId, actor, action: 'invitation.revoked', target });
        return;
      }
      const { acceptedAt } = await this.row(manager, organizationId, id);
      if (acceptedAt !== null) throw conflict('The invitation has been accepted: remove the member instead');
    });
  }

  private draft(principal: Principal, { email, role }: CreateInvitationDto, token: string): Invitation {
    const createdAt = this.clock.now();
    return {
      id: newId('inv', createdAt),
      organizationId: principal.organizationId,
      email,
      openFor: fold(email),
      role,
      tokenDigest: tokenDigest(token),
      createdBy: principal.id,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + LIFETIME_MS),
      acceptedAt: null,
      revokedAt: null,
    };
  }

  private async requireStranger(manager: EntityManager, { organizationId, email }: Invitation): Promise<void> {
    const user = await manager.findOneBy(User, { emailFolded: fold(email), deletedAt: IsNull() });
    const isMember = user !== null && (await manager.existsBy(Membership, { organizationId, userId: user.id }));
    if (isMember) throw conflict('The person with this address is a member already');
  }

  /** An invitation that ran out makes way for a new one. */
  private async closeExpired(manager: EntityManager, { organizationId, email, createdAt: now }: Invitation): Promise<void> {
    await manager.update(Invitation, { organizationId, openFor: fold(email), expiresAt: LessThanOrEqual(now) }, { openFor: null });
  }

  private async row(manager: EntityManager, organizationId: string, id: string): Promise<Invitation> {
    const invitation = await manager.findOneBy(Invitation, { id, organizationId });
    if (!invitation) throw notFound();
    return invitation;
  }

  private view(invitation: Invitation): InvitationView {
    const { id, email, role, createdAt, createdBy, expiresAt, acceptedAt, revokedAt } = invitation;
    return { id, email, role, status: statusOf(invitation, this.clock.now()), createdAt, createdBy, expiresAt, acceptedAt, revokedAt };
  }
}

function statusOf({ acceptedAt, revokedAt, expiresAt }: Invitation, now: Date): InvitationView['status'] {
  if (acceptedAt !== null) return 'accepted';
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'open';
}

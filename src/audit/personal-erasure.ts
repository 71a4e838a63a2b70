import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type FindOptionsWhere, In, IsNull, MoreThan, Not } from 'typeorm';

import { notFound, type Principal } from '../common';
import { inTransaction } from '../persistence';
import type { AuditEventView } from './audit-event.dto';
import { AuditEvent, AuditHead, AuditPersonal } from './audit-event.entity';
import { type Actor, AuditTrail, INSTALLATION } from './audit-trail';
import { auditEventView } from './audit-view';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

const PAGE = 500;

/** Erases what audit events tell about people: addresses, reasons, names. The events stay, and so do their digests: the chain holds. */
@Injectable()
export class PersonalErasure {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly trail: AuditTrail,
  ) {}

  /**
   * Of one event. Repeating it changes nothing.
   * @throws Problem `not_found`, also for an event of another organization
   */
  async eraseEvent(principal: Principal, actor: Actor, scope: RecordScope | undefined, id: string): Promise<AuditEventView> {
    const organizationId = organizationOf(principal, scope);
    return inTransaction(this.database, async (manager) => {
      const event = await manager.findOneBy(AuditEvent, { id, organizationId: organizationId ?? INSTALLATION });
      if (!event) throw notFound();
      const { affected } = await manager.delete(AuditPersonal, { eventId: id });
      if (affected === 1) {
        await this.trail.record(manager, {
          organizationId,
          actor,
          action: 'audit_event.personal_erased',
          target: { type: 'audit_event', id },
        });
      }
      return auditEventView(event, undefined);
    });
  }

  /**
   * Of everything that a person did and that was done to their account, in every chain, with the invitations that they accepted; each chain
   * says that it happened.
   * @returns the ids of these invitations
   */
  async erasePerson(manager: EntityManager, actor: Actor, userId: string): Promise<string[]> {
    const target = { type: 'user', id: userId };
    const accepted: string[] = [];
    for (const chain of await this.chains(manager)) {
      const byThem = await this.erase(manager, { organizationId: chain, actorId: userId });
      const aboutThem = await this.erase(manager, { organizationId: chain, targetId: userId });
      const invitations = await this.invitationsOf(manager, chain, userId);
      const invited = invitations.length > 0 ? await this.erase(manager, { organizationId: chain, targetId: In(invitations) }) : 0;
      accepted.push(...invitations);
      if (byThem + aboutThem + invited === 0) continue;
      await this.trail.record(manager, {
        organizationId: chain === INSTALLATION ? null : chain,
        actor,
        action: 'audit_event.personal_erased',
        target,
        after: { events: byThem + aboutThem + invited },
      });
    }
    return accepted;
  }

  private async invitationsOf(manager: EntityManager, organizationId: string, actorId: string): Promise<string[]> {
    const events = await manager.find(AuditEvent, {
      select: { targetId: true },
      where: { organizationId, actorId, action: 'invitation.accepted', targetId: Not(IsNull()) },
    });
    return events.map(({ targetId }) => targetId!);
  }

  /** In one order, whoever asks. */
  private async chains(manager: EntityManager): Promise<string[]> {
    const heads = await manager.find(AuditHead, { select: { organizationId: true }, order: { organizationId: 'ASC' } });
    return heads.map(({ organizationId }) => organizationId);
  }

  private async erase(manager: EntityManager, whose: FindOptionsWhere<AuditEvent>): Promise<number> {
    let erased = 0;
    for (let after = 0; ;) {
      const events = await manager.find(AuditEvent, {
        select: { id: true, sequence: true },
        where: { ...whose, sequence: MoreThan(after) },
        order: { sequence: 'ASC' },
        take: PAGE,
      });
      if (events.length === 0) return erased;
      const { affected } = await manager.delete(AuditPersonal, { eventId: In(events.map(({ id }) => id)) });
      erased += affected ?? 0;
      after = events.at(-1)!.sequence;
    }
  }
}

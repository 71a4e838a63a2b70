import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { notFound, PageCursors, type Principal } from '../common';
import { checkedAs } from '../http';
import { type AuditEventListView, AuditEventQueryDto, type AuditEventView } from './audit-event.dto';
import { AUDIT_EVENT_INDEXES, AuditEvent } from './audit-event.entity';
import { AuditReads } from './audit-reads';
import { type Actor, INSTALLATION } from './audit-trail';
import { auditEventView, personalOf } from './audit-view';
import { type Condition, type IndexWalk, walk, where } from './index-walk';
import type { RecordScope } from './record-query.dto';
import { organizationOf, readRange, type TimeRange } from './record-range';

/** Reads audit events; that somebody did is an audit event itself. */
@Injectable()
export class AuditEventService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly cursors: PageCursors,
    private readonly reads: AuditReads,
  ) {}

  /**
   * Newest first, up to 100 a page, 50 by default.
   * @throws Problem `validation_failed`, also for a cursor of another list; `insufficient_scope` for the records of the installation
   */
  async list(principal: Principal, actor: Actor, wanted: Partial<AuditEventQueryDto> = {}): Promise<AuditEventListView> {
    const query = checkedAs(AuditEventQueryDto, wanted);
    const organizationId = organizationOf(principal, query.scope);
    const { limit, cursor, scope: _scope, ...filter } = query;
    const audience = `audit-events:${organizationId}`;
    const after = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(this.cursors.read(audience, cursor)[0]);
    const walked = this.walkOf(organizationId, readRange(query), query);
    const { rows, next } = await walk<AuditEvent>(this.database, walked, [after], limit);
    const data = await this.views(rows);
    await this.reads.record(organizationId, actor, { record: 'audit_event', what: { filter } });
    return { data, hasMore: next !== null, nextCursor: next && this.cursors.write(audience, [next[0]!, '']) };
  }

  /** @throws Problem `not_found`, also for an event of another organization */
  async get(principal: Principal, actor: Actor, scope: RecordScope | undefined, id: string): Promise<AuditEventView> {
    const organizationId = organizationOf(principal, scope);
    const event = await this.database.manager.findOneBy(AuditEvent, { id, organizationId: organizationId ?? INSTALLATION });
    if (!event) throw notFound();
    const [shown] = await this.views([event]);
    await this.reads.record(organizationId, actor, { record: 'audit_event', what: { filter: { id } } });
    return shown!;
  }

  private walkOf(organizationId: string | null, { from, to }: TimeRange, query: AuditEventQueryDto): IndexWalk {
    const { action, actorId, targetId } = query;
    const target = targetId === undefined ? [] : [where('target_id = ?', targetId)];
    const actor = actorId === undefined ? [] : [where('actor_id = ?', actorId)];
    const filters = [
      ...(action === undefined ? [] : [actionCondition(action)]),
      ...(from ? [where('at >= ?', this.stored(from))] : []),
      ...(to ? [where('at < ?', this.stored(to))] : []),
    ];
    const chain = {
      entity: AuditEvent,
      order: ['sequence'],
      along: [where('organization_id = ?', organizationId ?? INSTALLATION)],
    } as const;
    if (target.length > 0) {
      return { ...chain, index: AUDIT_EVENT_INDEXES.target, along: [...chain.along, ...target], filters: [...actor, ...filters] };
    }
    if (actor.length > 0) return { ...chain, index: AUDIT_EVENT_INDEXES.actor, along: [...chain.along, ...actor], filters };
    return { ...chain, index: AUDIT_EVENT_INDEXES.sequence, filters };
  }

  private async views(events: readonly AuditEvent[]): Promise<AuditEventView[]> {
    const personal = await personalOf(this.database, events);
    return events.map((event) => auditEventView(event, personal.get(event.id)));
  }

  /** A time as the database keeps it. */
  private stored(time: Date): string | Date {
    const column = this.database.getMetadata(AuditEvent).findColumnWithPropertyName('at')!;
    return this.database.driver.preparePersistentValue(time, column) as string | Date;
  }
}

const actionCondition = (action: string): Condition =>
  action.endsWith('*') ? where('SUBSTR(action, 1, ?) = ?', action.length - 1, action.slice(0, -1)) : where('action = ?', action);

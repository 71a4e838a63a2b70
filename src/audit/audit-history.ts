import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource, In, LessThan, MoreThan, MoreThanOrEqual } from 'typeorm';

import { AuditEvent } from './audit-event.entity';

/** Something that was done to a target. */
export interface PastDeed {
  readonly actorId: string;
  readonly action: string;
  readonly targetId: string;
}

/** What may have been done to whom. */
export interface Sought {
  readonly targetIds: readonly string[];
  readonly actions: readonly string[];
  readonly since: Date;
}

/** Which events led to another one in the same call. */
export interface Leading {
  /** What the call ended with. */
  readonly end: { readonly action: string; readonly targetId: string };
  readonly action: string;
}

const MOST_ACTORS_AT_ONCE = 500;
const STEP = 200;

/** What the audit trail remembers of somebody, for services that have to know. Reading it this way is no event. */
@Injectable()
export class AuditHistory {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Whether anything was ever done by them or to them in the organization. */
  async knows(organizationId: string, id: string): Promise<boolean> {
    const events = this.database.getRepository(AuditEvent);
    return (await events.existsBy({ organizationId, actorId: id })) || events.existsBy({ organizationId, targetId: id });
  }

  /** The first event that did one of these actions to one of these targets after a time, and matters. */
  async first(
    organizationId: string,
    { targetIds, actions, since }: Sought,
    matters: (event: AuditEvent) => boolean,
  ): Promise<AuditEvent | null> {
    const done = { organizationId, targetId: In([...targetIds]), action: In([...actions]), at: MoreThan(since) };
    for (let after = 0; ;) {
      const where = { ...done, sequence: MoreThan(after) };
      const step = await this.database.manager.find(AuditEvent, { where, order: { sequence: 'ASC' }, take: STEP });
      const found = step.find(matters);
      if (found || step.length < STEP) return found ?? null;
      after = step.at(-1)!.sequence;
    }
  }

  /** Whether somebody did one of these since. */
  async didSince(organizationId: string, actorId: string, actions: readonly string[], since: Date): Promise<boolean> {
    return this.database
      .getRepository(AuditEvent)
      .existsBy({ organizationId, actorId, action: In([...actions]), at: MoreThanOrEqual(since) });
  }

  /** Which of these actors did which of these actions to what, each once. */
  async deeds(organizationId: string, actorIds: readonly string[], actions: readonly string[]): Promise<PastDeed[]> {
    const deeds: PastDeed[] = [];
    for (let i = 0; i < actorIds.length; i += MOST_ACTORS_AT_ONCE) {
      const some = await this.database
        .getRepository(AuditEvent)
        .createQueryBuilder('event')
        .select('event.actorId', 'actorId')
        .addSelect('event.action', 'action')
        .addSelect('event.targetId', 'targetId')
        .where({ organizationId, actorId: In(actorIds.slice(i, i + MOST_ACTORS_AT_ONCE)), action: In([...actions]) })
        .andWhere('event.targetId IS NOT NULL')
        .groupBy('event.actorId')
        .addGroupBy('event.action')
        .addGroupBy('event.targetId')
        .getRawMany<PastDeed>();
      deeds.push(...some);
      await nextTurn();
    }
    return deeds;
  }

  /** The events of an action that stand right before the end of a call, with what they say of the state before them. */
  async leadingTo(
    organizationId: string,
    { end, action }: Leading,
  ): Promise<Array<{ readonly targetId: string; readonly before: unknown }>> {
    const { manager } = this.database;
    const found: Array<{ readonly targetId: string; readonly before: unknown }> = [];
    for (const { sequence, requestId } of await manager.findBy(AuditEvent, { organizationId, ...end })) {
      for (let before = sequence; ;) {
        const where = { organizationId, sequence: LessThan(before) };
        const step = await manager.find(AuditEvent, { where, order: { sequence: 'DESC' }, take: STEP });
        const other = step.findIndex((event) => event.requestId !== requestId);
        for (const event of other < 0 ? step : step.slice(0, other)) {
          if (event.action === action && event.targetId !== null) {
            found.push({ targetId: event.targetId, before: event.before === null ? null : JSON.parse(event.before) });
          }
        }
        if (other >= 0 || step.length < STEP) break;
        before = step.at(-1)!.sequence;
      }
    }
    return found;
  }
}

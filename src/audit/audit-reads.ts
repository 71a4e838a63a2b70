import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { inTransaction } from '../persistence';
import { canonicalJson } from './audit-chain';
import { type Actor, AuditTrail } from './audit-trail';

const HOUR_MS = 3_600_000;
const MOST_REMEMBERED = 10_000;

/** Records who read the audit trail: once for each actor and filter an hour, or reading it would fill it (`decisions.md` 31). */
@Injectable()
export class AuditReads {
  private readonly recorded = new Map<string, number>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(organizationId: string | null, actor: Actor, filter: object): Promise<void> {
    const read = canonicalJson([organizationId, actor.type, actor.id, filter]);
    const now = this.clock.now().getTime();
    const last = this.recorded.get(read);
    if (last !== undefined && now - last < HOUR_MS) return;
    this.remember(read, now);
    try {
      await inTransaction(this.database, (manager) =>
        this.trail.record(manager, {
          organizationId,
          actor,
          action: 'audit_event.read',
          target: { type: 'audit_event', id: null },
          after: { filter },
        }),
      );
    } catch (error) {
      this.recorded.delete(read);
      throw error;
    }
  }

  private remember(read: string, now: number): void {
    this.recorded.delete(read);
    this.recorded.set(read, now);
    if (this.recorded.size > MOST_REMEMBERED) this.recorded.delete(this.recorded.keys().next().value!);
  }
}

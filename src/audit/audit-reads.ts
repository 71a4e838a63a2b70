import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { inTransaction, isWriteRefused } from '../persistence';
import { canonicalJson } from './audit-chain';
import { type Actor, AuditTrail, BlockedChain } from './audit-trail';

const HOUR_MS = 3_600_000;
const MOST_REMEMBERED = 10_000;

/** What somebody read of a record. */
export interface RecordRead {
  readonly record: 'audit_event' | 'call_log';
  /** Tells this read from others of the same reader; stands in the event. */
  readonly what: object;
  /** The same of what tells about people. */
  readonly personal?: object;
  /** Where the first such read of the hour looked. Another place is the same read: a page further, an hour earlier. */
  readonly first?: object;
}

/**
 * Records who read calls and audit events: once for each actor and filter an hour, or reading would fill the trail (`decisions.md` 31).
 * Each process remembers for itself what it recorded, so that two replicas record the same read twice.
 */
@Injectable()
export class AuditReads {
  private readonly logger = new Logger('AuditReads');
  private readonly recorded = new Map<string, { readonly at: number; readonly written: Promise<void> }>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly trail: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Call it before what was read is shown. While the database takes no writes, or the chain no events, there is none, and the next such
   * read tries again.
   * @throws Problem where the event could not be written for any other reason: nothing is to be shown then
   */
  async record(organizationId: string | null, actor: Actor, read: RecordRead): Promise<void> {
    const { record, what, personal } = read;
    const name = canonicalJson([organizationId, actor.type, actor.id, record, what, personal]);
    const now = this.clock.now().getTime();
    const last = this.recorded.get(name);
    if (last !== undefined && now - last.at < HOUR_MS) return last.written;
    const written = this.write(organizationId, actor, read).catch((error: unknown) => {
      this.recorded.delete(name);
      if (!isWriteRefused(error) && !(error instanceof BlockedChain)) throw error;
      this.logger.warn(`It cannot be written now, and is not in the audit trail, that ${actor.type} ${actor.id} read ${record}s`);
    });
    this.remember(name, { at: now, written });
    return written;
  }

  private write(organizationId: string | null, actor: Actor, { record, what, personal, first }: RecordRead): Promise<void> {
    return inTransaction(this.database, (manager) =>
      this.trail.record(manager, {
        organizationId,
        actor,
        action: `${record}.read`,
        target: { type: record, id: null },
        after: { ...what, first },
        personal,
      }),
    );
  }

  private remember(name: string, read: { readonly at: number; readonly written: Promise<void> }): void {
    this.recorded.delete(name);
    this.recorded.set(name, read);
    if (this.recorded.size > MOST_REMEMBERED) this.recorded.delete(this.recorded.keys().next().value!);
  }
}

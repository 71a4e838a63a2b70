import { Inject, Injectable, Logger, type StreamableFile } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { And, DataSource, LessThanOrEqual, MoreThan } from 'typeorm';

import { type Clock, CLOCK, type Principal } from '../common';
import { inTransaction } from '../persistence';
import { canonicalJson } from './audit-chain';
import type { ExportedAuditEvent } from './audit-event.dto';
import { AuditEvent } from './audit-event.entity';
import { type Actor, AuditTrail, BlockedChain, INSTALLATION } from './audit-trail';
import { auditEventView, personalOf } from './audit-view';
import { newestSequence } from './chain-verifier';
import { fileTime } from './call-export.service';
import type { AuditEventExportQueryDto } from './export.dto';
import { type Columns, exportedFile } from './export-file';
import { ExportTurns } from './export-turns';
import { organizationOf, readRange, type TimeRange } from './record-range';

const PAGE = 250;

/** Takes audit events out as a file, oldest first, as `keystile audit verify` reads them. The last of them is the one of this export. */
@Injectable()
export class AuditExport {
  private readonly logger = new Logger('AuditExport');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly trail: AuditTrail,
    private readonly turns: ExportTurns,
  ) {}

  async export(principal: Principal, actor: Actor, query: AuditEventExportQueryDto): Promise<StreamableFile> {
    const organizationId = organizationOf(principal, query.scope);
    const range = readRange(query);
    const { format, scope: _scope, ...filter } = query;
    return this.turns.take('audit_event', organizationId, async () => {
      await this.record(organizationId, actor, { format, filter });
      const name = `audit-events-${fileTime(this.clock.now())}`;
      return exportedFile({ name, format, columns: COLUMNS, pages: this.pages(organizationId ?? INSTALLATION, range, query) });
    });
  }

  /** A chain that takes no events because somebody put one in is evidence, which has to be taken out all the same. */
  private async record(organizationId: string | null, actor: Actor, after: object): Promise<void> {
    const target = { type: 'audit_event', id: null };
    try {
      await inTransaction(this.database, (manager) =>
        this.trail.record(manager, { organizationId, actor, action: 'audit_event.exported', target, after }),
      );
    } catch (error) {
      if (!(error instanceof BlockedChain)) throw error;
      this.logger.warn(`It cannot be written, and is not in the audit trail, that ${actor.type} ${actor.id} exported it`);
    }
  }

  private async *pages(chain: string, range: TimeRange, query: AuditEventExportQueryDto): AsyncGenerator<readonly ExportedAuditEvent[]> {
    const { manager } = this.database;
    const newest = await newestSequence(manager, AuditEvent, chain);
    // What somebody put in with a text in the place of its number comes last, and is evidence.
    const untilNewest = Number.isSafeInteger(newest) ? LessThanOrEqual(newest) : undefined;
    for (let after = Number.MIN_SAFE_INTEGER; Number.isFinite(after);) {
      const sequence = untilNewest ? And(MoreThan(after), untilNewest) : MoreThan(after);
      const events = await manager.find(AuditEvent, { where: { organizationId: chain, sequence }, order: { sequence: 'ASC' }, take: PAGE });
      const wanted = events.filter((event) => matches(event, range, query));
      const personal = await personalOf(this.database, wanted);
      yield wanted.map((event) => ({
        ...auditEventView(event, personal.get(event.id)),
        personalSalt: personal.get(event.id)?.salt ?? null,
      }));
      after = events.length === PAGE ? events.at(-1)!.sequence : Infinity;
    }
  }
}

function matches({ at, ...event }: AuditEvent, { from, to }: TimeRange, { action, actorId, targetId }: AuditEventExportQueryDto): boolean {
  if ((from && at < from) || (to && at >= to)) return false;
  if (actorId !== undefined && event.actorId !== actorId) return false;
  if (targetId !== undefined && event.targetId !== targetId) return false;
  if (action === undefined) return true;
  return action.endsWith('*') ? event.action.startsWith(action.slice(0, -1)) : event.action === action;
}

const json = (value: object | null): string | null => (value === null ? null : canonicalJson(value));

const COLUMNS: Columns<ExportedAuditEvent> = {
  names: [
    'id',
    'sequence',
    'at',
    'organizationId',
    'actorType',
    'actorId',
    'action',
    'targetType',
    'targetId',
    'before',
    'after',
    'reason',
    'personal',
    'ip',
    'requestId',
    'personalSalt',
    'personalDigest',
    'previousHash',
    'hash',
  ],
  cells: (event) => [
    event.id,
    event.sequence,
    event.at,
    event.organizationId,
    event.actor.type,
    event.actor.id,
    event.action,
    event.target.type,
    event.target.id,
    json(event.before),
    json(event.after),
    event.reason,
    json(event.personal),
    event.ip,
    event.requestId,
    event.personalSalt,
    event.personalDigest,
    event.previousHash,
    event.hash,
  ],
};

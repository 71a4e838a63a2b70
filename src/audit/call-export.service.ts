import { Inject, Injectable, type StreamableFile } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, type Principal } from '../common';
import { inTransaction } from '../persistence';
import { type Actor, AuditTrail } from './audit-trail';
import type { CallLogView } from './call-log.dto';
import type { CallLog } from './call-log.entity';
import { CallLogService } from './call-log.service';
import { firstCallIdAt } from './call-id';
import { type CallSearch, CallSearches } from './call-search';
import { CallStore } from './call-store';
import { CALL_DATABASE } from './call-terms';
import type { Cell } from './csv';
import type { CallLogExportQueryDto } from './export.dto';
import { type Columns, exportedFile } from './export-file';
import { ExportTurns } from './export-turns';
import { type Position, type Stretch, walk } from './index-walk';
import { organizationOf, readRange } from './record-range';

/** Small enough that reading and writing one out holds nobody else up. */
const PAGE = 250;

/** Takes calls out as a file, newest first. Each export is an audit event, written before the first row leaves. */
@Injectable()
export class CallExport {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CALL_DATABASE) private readonly callDatabase: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly searches: CallSearches,
    private readonly calls: CallLogService,
    private readonly store: CallStore,
    private readonly trail: AuditTrail,
    private readonly turns: ExportTurns,
  ) {}

  async export(principal: Principal, actor: Actor, query: CallLogExportQueryDto): Promise<StreamableFile> {
    const organizationId = organizationOf(principal, query.scope);
    const range = readRange(query);
    return this.turns.take('call_log', organizationId, async () => {
      await this.store.flush(range.to && firstCallIdAt(range.to));
      const search = await this.searches.matching(organizationId, range, query);
      await this.record(organizationId, actor, query);
      const name = `calls-${fileTime(this.clock.now())}`;
      return exportedFile({ name, format: query.format, columns: COLUMNS, pages: this.pages(search) });
    });
  }

  private async *pages(search: CallSearch | undefined): AsyncGenerator<readonly CallLogView[]> {
    if (!search) return;
    for (let after: Position | null = search.after; after;) {
      const { rows, next }: Stretch<CallLog> = await walk<CallLog>(this.callDatabase, search.walk, after, PAGE);
      yield await this.calls.views(rows);
      after = next;
    }
  }

  /** An address that was looked for tells about a person, so it can be erased. */
  private async record(organizationId: string | null, actor: Actor, query: CallLogExportQueryDto): Promise<void> {
    const { format, scope: _scope, ip, ...filter } = query;
    await inTransaction(this.database, (manager) =>
      this.trail.record(manager, {
        organizationId,
        actor,
        action: 'call_log.exported',
        target: { type: 'call_log', id: null },
        after: { format, filter },
        ...(ip === undefined ? {} : { personal: { filterIp: ip } }),
      }),
    );
  }
}

/** `20260115T100000Z` */
export const fileTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Every field of a row, so that a new one is not forgotten. */
const FIELDS: Readonly<Record<keyof CallLogView, true>> = {
  requestId: true,
  at: true,
  organizationId: true,
  principalType: true,
  keyId: true,
  keyName: true,
  credentialPrefix: true,
  userId: true,
  method: true,
  route: true,
  path: true,
  status: true,
  code: true,
  latencyMs: true,
  ip: true,
  userAgent: true,
  referrer: true,
  environment: true,
  requiredScopes: true,
  responseBytes: true,
  subjectKeyId: true,
  inboundRequestId: true,
  calls: true,
};
const NAMES = Object.keys(FIELDS) as ReadonlyArray<keyof CallLogView>;

const COLUMNS: Columns<CallLogView> = {
  names: NAMES,
  cells: (row) => NAMES.map((name): Cell => (name === 'requiredScopes' ? row[name].join(' ') : row[name])),
};

import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { notFound, PageCursors, type Principal } from '../common';
import { AuditReads, type RecordRead } from './audit-reads';
import type { Actor } from './audit-trail';
import { callTime, firstCallIdAt, parseRequestId, requestIdOf } from './call-id';
import type { CallLogListView, CallLogQueryDto, CallLogView } from './call-log.dto';
import type { CallLog } from './call-log.entity';
import { type CallSearch, CallSearches } from './call-search';
import { CallStore } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { walk } from './index-walk';
import type { RecordScope } from './record-query.dto';
import { organizationOf, readRange } from './record-range';

const PRINCIPAL_TYPES = { u: 'user', k: 'api_key', '-': null } as const;
const ENVIRONMENTS = { l: 'live', t: 'test' } as const;

/** Reads calls; that somebody did is an audit event. What was answered here before a read is in what it reads. */
@Injectable()
export class CallLogService {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly searches: CallSearches,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
    private readonly cursors: PageCursors,
    private readonly reads: AuditReads,
  ) {}

  async list(principal: Principal, actor: Actor, query: CallLogQueryDto): Promise<CallLogListView> {
    const asked = performance.now();
    const organizationId = organizationOf(principal, query.scope);
    const audience = `call-logs:${organizationId}`;
    const range = readRange(query);
    const position = query.cursor === undefined ? undefined : this.cursors.read(audience, query.cursor);
    await this.store.flush(Math.min(range.to ? firstCallIdAt(range.to) : Infinity, Number(position?.[0] ?? Infinity) + 1));
    const { completeUntil } = this.store;
    const found = await this.searches.matching(organizationId, range, query);
    const search = found && position ? goOn(found, position) : found;
    const page = search && (await walk<CallLog>(this.database, search.walk, search.after, query.limit, asked));
    const { rows, next } = page ?? { rows: [], next: null };
    const nextCursor = next && this.cursors.write(audience, [next[0]!, next[1]!]);
    const data = await this.views(rows);
    await this.reads.record(organizationId, actor, readOf(query));
    return { data, hasMore: next !== null, nextCursor, completeUntil };
  }

  /** @throws Problem `not_found`, also for a call of another organization */
  async get(principal: Principal, actor: Actor, scope: RecordScope | undefined, requestId: string): Promise<CallLogView> {
    const organizationId = organizationOf(principal, scope);
    const callId = parseRequestId(requestId);
    if (!callId) throw notFound();
    await this.store.flush(callId.id + 1);
    const search = await this.searches.one(organizationId, callId);
    const rows = search ? (await walk<CallLog>(this.database, search.walk, search.after, 1)).rows : [];
    if (rows.length === 0) throw notFound();
    const [shown] = await this.views(rows);
    await this.reads.record(organizationId, actor, readOf({ requestId }));
    return shown!;
  }

  /** Rows as people and programs see them. */
  async views(rows: readonly CallLog[]): Promise<CallLogView[]> {
    const texts = await this.terms.read(rows.flatMap(numbersOf));
    return rows.map((row) => view(row, (number) => texts.get(number) ?? null));
  }
}

/**
 * What a read is to the audit trail: the filter, without pages and bounds in time, or else each step of somebody who goes through the
 * log would be a read of its own; and single calls are one, however many are opened. An address that was looked for can be erased.
 */
function readOf({
  limit: _limit,
  cursor: _cursor,
  scope: _scope,
  from,
  to,
  ip,
  requestId,
  ...filter
}: Partial<CallLogQueryDto>): RecordRead {
  return {
    record: 'call_log',
    what: { calls: requestId === undefined ? 'list' : 'single', filter },
    ...(ip === undefined ? {} : { personal: { filterIp: ip } }),
    first: { requestId, from, to },
  };
}

/** From the cursor, unless the range ends before it. */
function goOn(search: CallSearch, position: readonly [string | number, string | number]): CallSearch {
  const [id, tail] = position.map(Number) as [number, number];
  return id < search.after[0]! ? { ...search, after: [id, tail] } : search;
}

const numbersOf = (row: CallLog): Array<number | null> => [
  row.organizationNumber,
  row.keyNumber,
  row.keyNameNumber,
  row.userNumber,
  row.subjectKeyNumber,
  row.routeNumber,
  row.userAgentNumber,
  row.requiredScopesNumber,
];

const view = (row: CallLog, text: (number: number | null) => string | null): CallLogView => ({
  requestId: requestIdOf(row),
  at: callTime(row.id),
  organizationId: text(row.organizationNumber),
  principalType: PRINCIPAL_TYPES[row.principalType],
  keyId: text(row.keyNumber),
  keyName: text(row.keyNameNumber),
  credentialPrefix: row.credentialPrefix,
  userId: text(row.userNumber),
  method: row.method,
  route: text(row.routeNumber),
  path: row.path,
  status: row.status,
  code: row.code,
  latencyMs: row.latencyMicroseconds / 1_000,
  ip: row.ip === '' ? null : row.ip,
  userAgent: text(row.userAgentNumber),
  referrer: row.referrer,
  environment: row.environment && ENVIRONMENTS[row.environment],
  requiredScopes: text(row.requiredScopesNumber)?.split(' ') ?? [],
  responseBytes: row.responseBytes,
  subjectKeyId: text(row.subjectKeyNumber),
  inboundRequestId: row.inboundRequestId,
  calls: row.calls,
});

import { Injectable } from '@nestjs/common';

import { normalizeIp } from '../common';
import type { CallLogQueryDto } from './call-log.dto';
import { type CallId, firstCallIdAt, parseRequestId } from './call-id';
import { CALL_LOG_INDEXES, CallLog, type TermKind } from './call-log.entity';
import { loggedPath } from './call-recorder';
import { CallTerms } from './call-terms';
import { type Condition, type IndexWalk, type Position, where } from './index-walk';
import type { TimeRange } from './record-range';

/** The filters of a list, or of an export. */
export type CallFilter = Omit<CallLogQueryDto, 'limit' | 'cursor'>;

/** What to walk and from where. */
export interface CallSearch {
  readonly walk: IndexWalk;
  readonly after: Position;
}

const ORDER = ['id', 'tail'] as const;

/** Turns filters into a walk along the index that fits them best. `undefined` where nothing can match: a key, say, that never called. */
@Injectable()
export class CallSearches {
  constructor(private readonly terms: CallTerms) {}

  /** The calls of an organization, or of none, in a time. */
  async all(organizationId: string | null, { from, to }: TimeRange): Promise<CallSearch | undefined> {
    const organization = await this.organization(organizationId);
    if (!organization) return undefined;
    const along = [organization, ...(from ? [where('id >= ?', idAt(from))] : [])];
    return {
      walk: { entity: CallLog, index: CALL_LOG_INDEXES.organization, along, order: ORDER, filters: [] },
      after: [to ? idAt(to) : Number.MAX_SAFE_INTEGER, 0],
    };
  }

  /** The same with filters. */
  async matching(organizationId: string | null, range: TimeRange, query: CallFilter): Promise<CallSearch | undefined> {
    const search = await this.all(organizationId, range);
    const keys = await this.keyConditions(query);
    const others = await this.termConditions(query);
    const request = query.requestId === undefined ? [] : callConditions(query.requestId);
    if (!search || !keys || !others || !request) return undefined;
    const narrowed = [...search.walk.along, ...request];
    const filters = [...others, ...plainConditions(query)];
    const [key, ...otherKeys] = keys;
    const [status, ...otherStatuses] = statusConditions(query);
    if (key) {
      const looked = [...otherKeys, ...statusConditions(query), ...filters];
      return { ...search, walk: { ...search.walk, index: CALL_LOG_INDEXES.key, along: [...narrowed, key], filters: looked } };
    }
    if (status && query.status !== undefined) {
      const looked = [...otherStatuses, ...filters];
      return { ...search, walk: { ...search.walk, index: CALL_LOG_INDEXES.status, along: [...narrowed, status], filters: looked } };
    }
    return { ...search, walk: { ...search.walk, along: narrowed, filters: [...(status ? [status] : []), ...filters] } };
  }

  /** One call. */
  async one(organizationId: string | null, callId: CallId): Promise<CallSearch | undefined> {
    const search = await this.all(organizationId, { from: undefined, to: undefined });
    return search && { ...search, walk: { ...search.walk, along: [...search.walk.along, isCall(callId)] } };
  }

  private async organization(organizationId: string | null): Promise<Condition | undefined> {
    return organizationId === null
      ? where('organization_number IS NULL')
      : this.term('organization_number', 'organization', organizationId);
  }

  private async keyConditions({ keyId, principalId }: CallFilter): Promise<Condition[] | undefined> {
    const ids = [...new Set([keyId, principalId])].filter((id) => id?.startsWith('key_'));
    return allOf(ids.map((id) => this.term('key_number', 'key', id!)));
  }

  private async termConditions({ principalId, route, subjectKeyId }: CallFilter): Promise<Condition[] | undefined> {
    const conditions: Array<Promise<Condition | undefined>> = [];
    if (principalId?.startsWith('usr_')) {
      conditions.push(Promise.resolve(where("principal_type = 'u'")), this.term('user_number', 'user', principalId));
    }
    if (subjectKeyId !== undefined) conditions.push(this.term('subject_key_number', 'key', subjectKeyId));
    if (route !== undefined) conditions.push(this.term('route_number', 'route', route));
    return allOf(conditions);
  }

  private async term(column: string, kind: TermKind, value: string): Promise<Condition | undefined> {
    const number = await this.terms.find(kind, value);
    return number === undefined ? undefined : where(`${column} = ?`, number);
  }
}

const idAt = (time: Date): number => Math.min(Number.MAX_SAFE_INTEGER, firstCallIdAt(time));

const isCall = ({ id, tail }: CallId): Condition => where('id = ? AND tail = ?', id, tail);

/** `undefined` where no call can have that id. */
function callConditions(requestId: string): Condition[] | undefined {
  const callId = parseRequestId(requestId);
  return callId && [isCall(callId)];
}

/** `undefined` as soon as one of them can hold for no row. */
async function allOf(conditions: ReadonlyArray<Promise<Condition | undefined>>): Promise<Condition[] | undefined> {
  const known = (await Promise.all(conditions)).filter((condition) => condition !== undefined);
  return known.length === conditions.length ? known : undefined;
}

function statusConditions({ status, statusClass }: CallFilter): Condition[] {
  const first = Number(statusClass?.[0]) * 100;
  return [
    ...(status === undefined ? [] : [where('status = ?', status)]),
    ...(statusClass === undefined ? [] : [where('status >= ? AND status < ?', first, first + 100)]),
  ];
}

function plainConditions(query: CallFilter): Condition[] {
  const { method, path, code, ip, environment, minLatencyMs } = query;
  return [
    ...(method === undefined ? [] : [where('method = ?', method)]),
    ...(path === undefined ? [] : [pathCondition(path)]),
    ...(code === undefined ? [] : [where('code = ?', code)]),
    ...(ip === undefined ? [] : [where('ip = ?', normalizeIp(ip) ?? ip)]),
    ...(environment === undefined ? [] : [where('environment = ?', environment === 'test' ? 't' : 'l')]),
    ...(minLatencyMs === undefined ? [] : [where('latency_us >= ?', minLatencyMs * 1_000)]),
  ];
}

/** Not LIKE, which overlooks case on SQLite. */
function pathCondition(path: string): Condition {
  if (!path.endsWith('*')) return where('path = ?', loggedPath(path));
  const beginning = loggedPath(path.slice(0, -1));
  return where('SUBSTR(path, 1, ?) = ?', [...beginning].length, beginning);
}

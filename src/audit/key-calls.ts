import { Inject, Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource } from 'typeorm';

import { callTime } from './call-id';
import type { CallLog } from './call-log.entity';
import { CallSearches } from './call-search';
import { CallStore } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { type Position, type Stretch, walk } from './index-walk';

/** What a report about a key needs to know of a call. */
export interface KeyCall {
  readonly at: Date;
  readonly method: string;
  readonly route: string | null;
  readonly ip: string;
  readonly status: number;
  readonly requiredScopes: readonly string[];
  /** How many calls this row stands for. */
  readonly calls: number;
}

const PAGE = 500;
const PROPERTIES = ['id', 'tail', 'method', 'routeNumber', 'ip', 'status', 'requiredScopesNumber', 'calls'];

/** The calls of one key, newest first, along the index of organization, key and time. What was answered here before is in it. */
@Injectable()
export class KeyCalls {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly searches: CallSearches,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
  ) {}

  /** Page by page; whoever has enough stops asking. */
  async *since(
    from: Date,
    { organizationId, keyId }: { readonly organizationId: string; readonly keyId: string },
  ): AsyncGenerator<KeyCall[]> {
    await this.store.flush();
    const search = await this.searches.matching(organizationId, { from, to: undefined }, { keyId });
    if (!search) return;
    for (let after: Position | null = search.after; after; await nextTurn()) {
      const { rows, next }: Stretch<CallLog> = await walk<CallLog>(this.database, { ...search.walk, properties: PROPERTIES }, after, PAGE);
      const texts = await this.terms.read(rows.flatMap(({ routeNumber, requiredScopesNumber }) => [routeNumber, requiredScopesNumber]));
      yield rows.map((row) => ({
        at: callTime(row.id),
        method: row.method,
        route: texts.get(row.routeNumber) ?? null,
        ip: row.ip,
        status: row.status,
        requiredScopes: texts.get(row.requiredScopesNumber)?.split(' ') ?? [],
        calls: row.calls,
      }));
      after = next;
    }
  }
}

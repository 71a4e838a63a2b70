import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { KeyCalls } from '../audit';
import { type Clock, CLOCK, type Principal } from '../common';
import { RouteInventory } from '../permissions';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';
import { type AccessOf, KeyUsage } from './key-usage';
import type { KeyImpactView, KeyUsageView } from './key-usage.dto';
import { statusOf } from './key-view';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What one report reads at most: about a second of work, in pieces. */
const MOST_CALLS = 100_000;
const MOST_ENTRIES = 100;
const MOST_IMPACT_ENTRIES = 20;

/** Reports about what a key does, from the log of its calls. */
@Injectable()
export class KeyUsageReports {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reader: KeyReader,
    private readonly rights: KeyRights,
    private readonly calls: KeyCalls,
    private readonly routes: RouteInventory,
  ) {}

  /** @throws Problem `not_found`, also for a key of another organization */
  async usage({ organizationId }: Principal, keyId: string, days: number): Promise<KeyUsageView> {
    const key = await this.reader.row(this.database.manager, organizationId, keyId);
    const to = this.clock.now();
    const from = new Date(to.getTime() - days * DAY_MS);
    const { usage, complete, oldestAt } = await this.read(organizationId, keyId, from);
    const accessOf: AccessOf = (method, route) => this.routes.find(method, route)?.access;
    const scopes = usage.scopes(this.rights.meant(key.scopes), accessOf);
    return {
      keyId,
      from,
      to,
      complete,
      oldestAt,
      calls: usage.calls,
      succeeded: usage.succeeded,
      denied: usage.denied,
      lastCallAt: usage.lastAt,
      routes: usage.routes(MOST_ENTRIES),
      addresses: usage.ips(MOST_ENTRIES),
      scopes,
      replay: usage.replay(scopes.sufficient, accessOf),
    };
  }

  /** @throws Problem `not_found`, also for a key of another organization */
  async impact({ organizationId }: Principal, keyId: string): Promise<KeyImpactView> {
    const key = await this.reader.row(this.database.manager, organizationId, keyId);
    const now = this.clock.now();
    const { usage, complete, succeededSince } = await this.read(organizationId, keyId, new Date(now.getTime() - 30 * DAY_MS), [
      new Date(now.getTime() - HOUR_MS),
      new Date(now.getTime() - DAY_MS),
    ]);
    return {
      keyId,
      status: statusOf(key, now),
      lastHour: succeededSince[0]!,
      lastDay: succeededSince[1]!,
      lastMonth: usage.succeeded,
      complete,
      lastSuccessAt: usage.lastSuccessAt,
      routes: usage.routes(MOST_IMPACT_ENTRIES),
      addresses: usage.ips(MOST_IMPACT_ENTRIES),
    };
  }

  private async read(organizationId: string, keyId: string, from: Date, moments: readonly Date[] = []) {
    const usage = new KeyUsage();
    const succeededSince = moments.map(() => 0);
    let rows = 0;
    let oldestAt: Date | null = null;
    for await (const page of this.calls.since(from, { organizationId, keyId })) {
      for (const call of page) {
        usage.add(call);
        if (call.status < 400) moments.forEach((moment, i) => (succeededSince[i]! += call.at >= moment ? call.calls : 0));
      }
      rows += page.length;
      oldestAt = page.at(-1)?.at ?? oldestAt;
      if (rows >= MOST_CALLS) return { usage, succeededSince, oldestAt, complete: false };
    }
    return { usage, succeededSince, oldestAt, complete: true };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { hourStart, type KeyAddresses, KeyCalls } from '../audit';
import { type Clock, CLOCK, type Principal } from '../common';
import { RouteInventory } from '../permissions';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';
import { type AccessOf, KeyUsage } from './key-usage';
import type { KeyImpactView, KeyUsageView } from './key-usage.dto';
import { statusOf } from './key-view';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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
    const from = hourStart(new Date(to.getTime() - days * DAY_MS));
    const { usage, addresses, complete, oldestAt } = await this.read({ organizationId, keyId }, from);
    const accessOf: AccessOf = (method, route) => this.routes.named(method, route)?.access;
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
      addresses: busiest(addresses, MOST_ENTRIES),
      scopes,
      replay: usage.replay(scopes.sufficient, accessOf),
    };
  }

  /** @throws Problem `not_found`, also for a key of another organization */
  async impact({ organizationId }: Principal, keyId: string): Promise<KeyImpactView> {
    const key = await this.reader.row(this.database.manager, organizationId, keyId);
    const now = this.clock.now();
    const month = new Date(now.getTime() - 30 * DAY_MS);
    const which = { organizationId, keyId };
    const moments = [new Date(now.getTime() - HOUR_MS), new Date(now.getTime() - DAY_MS), month];
    const [{ usage, addresses, complete }, [lastHour, lastDay, lastMonth]] = await Promise.all([
      this.read(which, month),
      this.calls.succeededSince(moments, which),
    ]);
    return {
      keyId,
      status: statusOf(key, now),
      lastHour: lastHour!,
      lastDay: lastDay!,
      lastMonth: lastMonth!,
      complete,
      lastSuccessAt: usage.lastSuccessAt,
      routes: usage.routes(MOST_IMPACT_ENTRIES),
      addresses: busiest(addresses, MOST_IMPACT_ENTRIES),
    };
  }

  private async read(which: { readonly organizationId: string; readonly keyId: string }, from: Date) {
    const [kinds, addresses] = await Promise.all([this.calls.kinds(from, which), this.calls.addresses(from, which)]);
    const usage = new KeyUsage();
    for (const kind of kinds) usage.add(kind);
    return { usage, ...addresses };
  }
}

const busiest = (addresses: KeyAddresses['addresses'], most: number): KeyAddresses['addresses'] =>
  addresses.toSorted((a, b) => b.calls - a.calls).slice(0, most);

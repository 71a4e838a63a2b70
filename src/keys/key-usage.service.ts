import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { AuditHistory, hourStart, type KeyAddresses, KeyCalls, type WhichKey } from '../audit';
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

/** What only somebody does who holds all that is given or taken by it (`requireHeld`). */
const GRANTS = [
  'api_key.created',
  'api_key.imported',
  'api_key.updated',
  'api_key.enabled',
  'api_key.rotated',
  'role.created',
  'role.updated',
  'role.deleted',
  'invitation.created',
  'member.role_changed',
  'member.removed',
  'service_account.created',
  'service_account.updated',
  'service_account.deleted',
];

/** Reports about what a key does, from the log of its calls. */
@Injectable()
export class KeyUsageReports {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reader: KeyReader,
    private readonly rights: KeyRights,
    private readonly calls: KeyCalls,
    private readonly history: AuditHistory,
    private readonly routes: RouteInventory,
  ) {}

  /** @throws Problem `not_found`, also for a key of another organization */
  async usage({ organizationId }: Principal, keyId: string, days: number): Promise<KeyUsageView> {
    const key = await this.reader.row(this.database.manager, organizationId, keyId);
    const to = this.clock.now();
    const from = hourStart(new Date(to.getTime() - days * DAY_MS));
    const { usage, addresses, complete, oldestAt } = await this.read({ organizationId, keyId }, from);
    const hasGranted = await this.history.didSince(organizationId, keyId, GRANTS, from);
    const accessOf: AccessOf = (method, route) => this.routes.named(method, route)?.access;
    const scopes = usage.scopes(this.rights.meant(key.scopes), hasGranted, accessOf);
    return {
      keyId,
      from,
      to,
      complete,
      oldestAt,
      calls: usage.calls,
      succeeded: usage.succeeded,
      errors: usage.errors,
      denied: usage.denied,
      lastCallAt: usage.lastAt,
      verifications: usage.verifications,
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
      this.read(which, hourStart(month)),
      this.calls.succeededSince(moments, which),
    ]);
    return {
      keyId,
      status: statusOf(key, now),
      lastHour: lastHour!,
      lastDay: lastDay!,
      lastMonth: lastMonth!,
      complete,
      // Looked for further back only where it is: that means going through years.
      lastSuccessAt: usage.lastSuccessAt ?? (await this.calls.lastSuccessAt(which)),
      verifications: usage.verifications,
      routes: usage.routes(MOST_IMPACT_ENTRIES),
      addresses: busiest(addresses, MOST_IMPACT_ENTRIES),
    };
  }

  /** @param from the beginning of an hour */
  private async read(which: WhichKey, from: Date) {
    const usage = new KeyUsage();
    for (const kind of await this.calls.kinds(from, which)) usage.add(kind);
    // Read after the counts: a call that comes in between is found more often than counted, never the other way round.
    const { addresses, oldestAt } = await this.calls.addresses(from, which);
    const found = addresses.reduce((sum, { calls }) => sum + calls, 0);
    return { usage, addresses, oldestAt, complete: found >= usage.calls - usage.verifications.calls };
  }
}

const busiest = (addresses: KeyAddresses['addresses'], most: number): KeyAddresses['addresses'] =>
  addresses.toSorted((a, b) => b.calls - a.calls).slice(0, most);

import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { callTime, firstCallIdAt } from './call-id';
import { CALL_LOG_INDEXES, CALL_LOGS } from './call-log.entity';
import { CallStore } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { HOUR_MS, VERIFICATION } from './key-use';
import { type Condition, where } from './index-walk';
import { KEY_USE, KEY_USE_DAYS } from './key-use.entity';
import { FOREVER, settledUntil } from './usage-settlement';
import { HOUR } from './usage-spans';

/** Calls of one kind that a key made: everything that decides which scopes they needed, and how they ended. */
export interface KeyCallKind {
  /** Others asked about the key: then there is no method, route or scope, and the status is what the key would have been answered. */
  readonly isVerification: boolean;
  readonly method: string;
  readonly route: string | null;
  readonly requiredScopes: readonly string[];
  readonly status: number;
  readonly calls: number;
  readonly lastAt: Date;
}

/** From where the newest calls of a key came that are still in the log. Verifications come from whoever asked, so they are not in it. */
export interface KeyAddresses {
  readonly addresses: ReadonlyArray<{ readonly ip: string; readonly calls: number; readonly lastAt: Date }>;
  /** The oldest call that is in it. */
  readonly oldestAt: Date | null;
}

interface KeyNumbers {
  readonly organization: number;
  readonly key: number;
}

export interface WhichKey {
  readonly organizationId: string;
  readonly keyId: string;
}

/** Addresses are counted nowhere, so they are read from calls: from so many. */
const MOST_CALLS_READ = 2_500;
/** What is left of an hour is counted call by call where these are no more. */
const MOST_CALLS_COUNTED = 10_000;

/**
 * What reports about a key are made of. Calls were counted by hour and kind as they were stored, so that every one of months is in it.
 * What was answered here before is, too.
 */
@Injectable()
export class KeyCalls {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly terms: CallTerms,
    private readonly store: CallStore,
  ) {}

  /** Since the beginning of the hour of `from`. */
  async kinds(from: Date, which: WhichKey): Promise<KeyCallKind[]> {
    const numbers = await this.numbersOf(which);
    if (!numbers) return [];
    const used = await this.usedSince(hourOf(from), numbers);
    const rows = await this.database.query<Array<Record<'method' | 'route' | 'scopes' | 'status' | 'calls' | 'lastId', string | number>>>(
      `SELECT method, route_number AS route, scopes_number AS scopes, status, SUM(calls) AS calls, MAX(last_id) AS lastId
       FROM (${used.sql}) used GROUP BY method, route_number, scopes_number, status`,
      used.values,
    );
    const texts = await this.terms.read(rows.flatMap(({ route, scopes }) => [Number(route), Number(scopes)]));
    return rows
      .filter(({ calls }) => Number(calls) > 0)
      .map(({ method, route, scopes, status, calls, lastId }) => ({
        isVerification: method === VERIFICATION,
        method: String(method),
        route: texts.get(Number(route)) ?? null,
        requiredScopes: texts.get(Number(scopes))?.split(' ') ?? [],
        status: Number(status),
        calls: Number(calls),
        lastAt: callTime(Number(lastId)),
      }));
  }

  /**
   * How many calls succeeded since each of these moments: whole hours as they were counted, the rest of an hour from its calls.
   * Verifications cannot be found in the log by the verified key: they are in it from the beginning of the hour, and so is everything
   * where the rest are more than 10,000 calls.
   */
  async succeededSince(moments: readonly Date[], which: WhichKey): Promise<number[]> {
    const numbers = await this.numbersOf(which);
    if (!numbers) return moments.map(() => 0);
    return Promise.all(moments.map((moment) => this.succeeded(moment, numbers)));
  }

  /** When the newest call succeeded of all that are counted. */
  async lastSuccessAt(which: WhichKey): Promise<Date | null> {
    const numbers = await this.numbersOf(which);
    if (!numbers) return null;
    const used = await this.usedSince(0, numbers);
    const [{ lastId }] = await this.database.query<[{ lastId: string | number | null }]>(
      `SELECT MAX(last_id) AS lastId FROM (${used.sql}) used WHERE status < 400 AND calls > 0`,
      used.values,
    );
    return lastId === null ? null : callTime(Number(lastId));
  }

  /** Of the newest calls since a time. */
  async addresses(from: Date, which: WhichKey): Promise<KeyAddresses> {
    const numbers = await this.numbersOf(which);
    if (!numbers) return { addresses: [], oldestAt: null };
    const rows = await this.database.query<Array<Record<'ip' | 'calls' | 'lastId' | 'firstId', string | number>>>(
      `SELECT ip, SUM(calls) AS calls, MAX(id) AS lastId, MIN(id) AS firstId FROM (
         SELECT ip, calls, id FROM ${CALL_LOGS} ${this.alongKey} WHERE organization_number = ? AND key_number = ? AND id >= ?
         ORDER BY id DESC, tail DESC LIMIT ${MOST_CALLS_READ}
       ) newest GROUP BY ip`,
      [numbers.organization, numbers.key, firstCallIdAt(from)],
    );
    const oldest = Math.min(...rows.map(({ firstId }) => Number(firstId)));
    return {
      addresses: rows.map(({ ip, calls, lastId }) => ({ ip: String(ip), calls: Number(calls), lastAt: callTime(Number(lastId)) })),
      oldestAt: rows.length > 0 ? callTime(oldest) : null,
    };
  }

  private async succeeded(since: Date, numbers: KeyNumbers): Promise<number> {
    const whole = Math.ceil(since.getTime() / HOUR_MS);
    const part = await this.succeededBefore(whole, since, numbers);
    const used = await this.usedSince(part === undefined ? hourOf(since) : whole, numbers);
    return (part ?? 0) + (await this.sum(`FROM (${used.sql}) used WHERE status < 400`, used.values));
  }

  /** In the part of an hour before the beginning of the next; `undefined` where that is too much to read. */
  private async succeededBefore(hour: number, since: Date, { organization, key }: KeyNumbers): Promise<number | undefined> {
    const called = where(
      `FROM ${CALL_LOGS} ${this.alongKey} WHERE organization_number = ? AND key_number = ? AND id >= ? AND id < ?`,
      organization,
      key,
      firstCallIdAt(since),
      firstCallIdAt(new Date(hour * HOUR_MS)),
    );
    const [more] = await this.database.query<unknown[]>(`SELECT id ${called.sql} ORDER BY id LIMIT 1 OFFSET ${MOST_CALLS_COUNTED}`, [
      ...called.values,
    ]);
    if (more) return undefined;
    const verified = where(
      `FROM ${KEY_USE} WHERE organization_number = ? AND key_number = ? AND hour >= ? AND hour < ? AND method = ? AND status < 400`,
      organization,
      key,
      hourOf(since),
      hour,
      VERIFICATION,
    );
    return (await this.sum(`${called.sql} AND status < 400`, called.values)) + (await this.sum(verified.sql, verified.values));
  }

  private async sum(from: string, values: Condition['values']): Promise<number> {
    const [{ calls }] = await this.database.query<[{ calls: string | number | null }]>(`SELECT SUM(calls) AS calls ${from}`, [...values]);
    return Number(calls ?? 0);
  }

  /** Everything that is counted of a key since an hour: by the day where days are settled, by the hour elsewhere. */
  private async usedSince(hour: number, { organization, key }: KeyNumbers): Promise<Condition> {
    const { days } = await settledUntil(this.database);
    const firstDay = Math.ceil(hour / 24) * 24;
    const endOfDays = Math.max(firstDay, days / HOUR.quarters);
    const columns = 'method, route_number, scopes_number, status, calls, last_id';
    const part = (table: string): string =>
      `SELECT ${columns} FROM ${table} WHERE organization_number = ? AND key_number = ? AND hour >= ? AND hour < ?`;
    const stretches = [
      [hour, firstDay],
      [firstDay, endOfDays],
      [endOfDays, FOREVER],
    ] as const;
    const values = stretches.flatMap(([from, end]) => [organization, key, from, end]);
    return where(`${part(KEY_USE)} UNION ALL ${part(KEY_USE_DAYS)} UNION ALL ${part(KEY_USE)}`, ...values);
  }

  private get alongKey(): string {
    const isSqlite = this.database.options.type === 'better-sqlite3';
    return isSqlite ? `INDEXED BY ${CALL_LOG_INDEXES.key}` : `FORCE INDEX (${CALL_LOG_INDEXES.key})`;
  }

  private async numbersOf({ organizationId, keyId }: WhichKey): Promise<KeyNumbers | undefined> {
    await this.store.flush();
    const [organization, key] = await Promise.all([this.terms.find('organization', organizationId), this.terms.find('key', keyId)]);
    return organization === undefined || key === undefined ? undefined : { organization, key };
  }
}

const hourOf = (time: Date): number => Math.floor(time.getTime() / HOUR_MS);

/** When the hour of a moment began: what is counted by the hour begins there. */
export const hourStart = (time: Date): Date => new Date(hourOf(time) * HOUR_MS);

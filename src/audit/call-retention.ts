import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource, IsNull, LessThan } from 'typeorm';

import { type Clock, CLOCK, type Principal } from '../common';
import { isDuplicate } from '../persistence';
import { firstCallIdAt } from './call-id';
import { CALL_LOG_INDEXES, CALL_LOGS, CALL_TERMS, CallLog } from './call-log.entity';
import type { RetentionView } from './call-retention.dto';
import { CallRetentionRun } from './call-retention.entity';
import { CALL_DATABASE } from './call-terms';
import { usageEntities } from './usage-roll-up.entity';
import { QUARTER_MS } from './usage-roll-ups';

export interface RetentionDays {
  readonly calls: number;
  readonly usage: number;
}

/** How long calls are kept: by default, and in organizations that say otherwise. */
export interface RetentionTerms {
  readonly standard: RetentionDays;
  ofOrganizations(): Promise<ReadonlyMap<string, Partial<RetentionDays>>>;
}

export const RETENTION_TERMS = Symbol('keystile:retention-terms');

const STANDARD: RetentionTerms = { standard: { calls: 90, usage: 730 }, ofOrganizations: () => Promise.resolve(new Map()) };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 10 * 60_000;
/** Few enough that nobody waits for the statement. */
const BATCH = 1_000;
const QUARTERS_AT_ONCE = 96;

interface Organization {
  readonly number: number | null;
  readonly id: string | null;
}

/** Deletes, every hour and on one replica, calls and roll-ups that are older than their organization keeps them. */
@Injectable()
export class CallRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('CallLog');
  private readonly terms: RetentionTerms;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(RETENTION_TERMS) terms?: RetentionTerms,
  ) {
    this.terms = terms ?? STANDARD;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tryRun(), LOOK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async show({ organizationId }: Principal): Promise<RetentionView> {
    const { calls, usage } = daysOf(this.terms, await this.terms.ofOrganizations(), organizationId);
    const last = await this.database.manager.findOneBy(CallRetentionRun, { number: 1 });
    return {
      callLogDays: calls,
      usageDays: usage,
      lastStartedAt: last?.startedAt ?? null,
      lastFinishedAt: last?.finishedAt ?? null,
      removedCalls: last?.removedCalls ?? 0,
      removedUsage: last?.removedUsage ?? 0,
    };
  }

  /** @returns whether this replica did it: `false` where one has within the hour */
  async run(): Promise<boolean> {
    const startedAt = this.clock.now();
    if (!(await this.claim(startedAt))) return false;
    const exceptions = await this.terms.ofOrganizations();
    const organizations = await this.database.query<Organization[]>(
      `SELECT number, value AS id FROM ${CALL_TERMS} WHERE kind = 'organization'`,
    );
    let [removedCalls, removedUsage] = [0, 0];
    for (const organization of [...organizations, { number: null, id: null }]) {
      const days = daysOf(this.terms, exceptions, organization.id);
      removedCalls += await this.deleteCalls(organization.number, new Date(startedAt.getTime() - days.calls * DAY_MS));
      removedUsage += await this.deleteUsage(organization.number ?? 0, new Date(startedAt.getTime() - days.usage * DAY_MS));
    }
    const result = { finishedAt: this.clock.now(), removedCalls, removedUsage };
    await this.database.manager.update(CallRetentionRun, { number: 1, startedAt, finishedAt: IsNull() }, result);
    return true;
  }

  private async tryRun(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn(`Old calls could not be deleted; trying again in an hour: ${String(error)}`);
    }
  }

  private async claim(startedAt: Date): Promise<boolean> {
    const first = { startedAt, finishedAt: null, removedCalls: 0, removedUsage: 0 };
    const before = { number: 1, startedAt: LessThan(new Date(startedAt.getTime() - HOUR_MS)) };
    const { affected } = await this.database.manager.update(CallRetentionRun, before, first);
    if (affected === 1) return true;
    if (await this.database.manager.existsBy(CallRetentionRun, { number: 1 })) return false;
    try {
      await this.database.manager.insert(CallRetentionRun, { number: 1, ...first });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  private async deleteCalls(organization: number | null, before: Date): Promise<number> {
    const whose = organization === null ? 'organization_number IS NULL' : `organization_number = ${organization}`;
    const hint = this.database.options.type === 'better-sqlite3' ? 'INDEXED BY' : 'FORCE INDEX';
    const index = this.database.options.type === 'better-sqlite3' ? CALL_LOG_INDEXES.organization : `(${CALL_LOG_INDEXES.organization})`;
    for (let removed = 0; ; await nextTurn()) {
      const [last] = await this.database.query<Array<{ id: string | number }>>(
        `SELECT id FROM ${CALL_LOGS} ${hint} ${index} WHERE ${whose} AND id < ? ORDER BY id, tail LIMIT 1 OFFSET ${BATCH - 1}`,
        [firstCallIdAt(before)],
      );
      const end = last ? Number(last.id) + 1 : firstCallIdAt(before);
      const { affected } = await this.database
        .createQueryBuilder()
        .delete()
        .from(CallLog)
        .where(`${whose} AND id < :end`, { end })
        .execute();
      removed += affected ?? 0;
      if (!last) return removed;
    }
  }

  private async deleteUsage(organization: number, before: Date): Promise<number> {
    const end = Math.floor(before.getTime() / QUARTER_MS);
    let removed = 0;
    for (const entity of usageEntities) {
      const { tableName } = this.database.getMetadata(entity);
      for (;;) {
        const [{ first }] = await this.database.query<[{ first: number | null }]>(
          `SELECT MIN(quarter) AS first FROM ${tableName} WHERE organization_number = ?`,
          [organization],
        );
        if (first === null || first >= end) break;
        const some = Math.min(end, first + QUARTERS_AT_ONCE);
        const { affected } = await this.database
          .createQueryBuilder()
          .delete()
          .from(entity)
          .where('organization_number = :organization AND quarter < :some', { organization, some })
          .execute();
        removed += affected ?? 0;
        await nextTurn();
      }
    }
    return removed;
  }
}

function daysOf({ standard }: RetentionTerms, exceptions: ReadonlyMap<string, Partial<RetentionDays>>, id: string | null): RetentionDays {
  return { ...standard, ...(id === null ? {} : exceptions.get(id)) };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DataSource, IsNull, LessThan } from 'typeorm';

import { isDuplicate } from '../persistence';
import { firstCallIdAt } from './call-id';
import { CALL_LOG_INDEXES, CALL_LOGS, CALL_TERMS, CallLog } from './call-log.entity';
import { CallPartitions, PARTITION_MS } from './call-partitions';
import { CallRetentionRun } from './call-retention.entity';
import { KEY_USE, KEY_USE_DAYS, KeyUse, KeyUseDay } from './key-use.entity';
import { HOUR_MS } from './key-use';
import { USAGE_ENTITIES } from './usage-roll-up.entity';
import { quarterOf } from './usage-spans';

export interface RetentionDays {
  readonly calls: number;
  readonly usage: number;
}

/** How long calls are kept: by default, and in organizations that say otherwise. */
export interface RetentionPlan {
  readonly standard: RetentionDays;
  readonly exceptions: ReadonlyMap<string, Partial<RetentionDays>>;
}

const DAY_MS = 24 * HOUR_MS;
/** Few enough that nobody waits for the statement. */
const BATCH = 1_000;
const UNITS_AT_ONCE = 96;

interface Organization {
  readonly number: number | null;
  readonly id: string | null;
}

export function daysOf({ standard, exceptions }: RetentionPlan, id: string | null): RetentionDays {
  return { ...standard, ...(id === null ? {} : exceptions.get(id)) };
}

/**
 * Deletes calls and roll-ups that are older than their organization keeps them. On MySQL the calls of those that keep them longest
 * fall with their week; the others, and all of them on SQLite, are deleted a few at a time.
 */
export class CallPruner {
  private readonly partitions: CallPartitions;

  constructor(
    private readonly database: DataSource,
    private readonly now: () => Date,
    private readonly warn: (words: string) => void,
  ) {
    this.partitions = new CallPartitions(database);
  }

  /** @returns whether it was done here: `false` where somebody has within the hour */
  async prune(plan: RetentionPlan): Promise<boolean> {
    const startedAt = this.now();
    if (!(await this.claim(startedAt))) return false;
    const longest = Math.max(plan.standard.calls, ...[...plan.exceptions.values()].map(({ calls }) => calls ?? 0));
    let removedCalls = await this.dropPartitions(startedAt, longest);
    const graceMs = (await this.partitions.exist()) ? PARTITION_MS : 0;
    let removedUsage = 0;
    const organizations = await this.database.query<Organization[]>(
      `SELECT number, value AS id FROM ${CALL_TERMS} WHERE kind = 'organization'`,
    );
    for (const organization of [...organizations, { number: null, id: null }]) {
      const days = daysOf(plan, organization.id);
      // Their partition takes them along before the week is over.
      const keptMs = days.calls * DAY_MS + (days.calls === longest ? graceMs : 0);
      removedCalls += await this.deleteCalls(organization.number, new Date(startedAt.getTime() - keptMs));
      removedUsage += await this.deleteUsage(organization.number ?? 0, startedAt.getTime() - days.usage * DAY_MS);
    }
    const result = { finishedAt: this.now(), removedCalls, removedUsage };
    await this.database.manager.update(CallRetentionRun, { number: 1, startedAt, finishedAt: IsNull() }, result);
    return true;
  }

  /** A host may not let us change tables: then the calls are deleted a week later. */
  private async dropPartitions(startedAt: Date, longest: number): Promise<number> {
    try {
      await this.partitions.prepare(startedAt);
      return await this.partitions.dropBefore(new Date(startedAt.getTime() - longest * DAY_MS));
    } catch (error) {
      this.warn(`The partitions of the call log could not be changed: ${String(error)}`);
      return 0;
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

  private async deleteUsage(organization: number, before: number): Promise<number> {
    let removed = 0;
    for (const [{ quarters }, entities] of USAGE_ENTITIES) {
      // Hours and days go when all of them is old.
      const end = quarterOf(before) - quarters + 1;
      for (const entity of entities) {
        removed += await this.deleteUnits(entity, this.database.getMetadata(entity).tableName, 'quarter', { organization }, end);
      }
    }
    const keys = await this.database.query<Array<{ key: number }>>(
      `SELECT DISTINCT key_number AS \`key\` FROM ${KEY_USE} WHERE organization_number = ?`,
      [organization],
    );
    for (const { key } of keys) {
      const end = Math.floor(before / HOUR_MS);
      removed += await this.deleteUnits(KeyUse, KEY_USE, 'hour', { organization, key }, end);
      removed += await this.deleteUnits(KeyUseDay, KEY_USE_DAYS, 'hour', { organization, key }, end - 23);
    }
    return removed;
  }

  /** Of one organization, or of one key of it, along the primary key. */
  private async deleteUnits(
    entity: Function,
    table: string,
    unit: 'quarter' | 'hour',
    whose: { readonly organization: number; readonly key?: number },
    end: number,
  ): Promise<number> {
    const condition = `organization_number = :organization${whose.key === undefined ? '' : ' AND key_number = :key'}`;
    const marks = condition.replace(/:\w+/g, '?');
    for (let removed = 0; ; await nextTurn()) {
      const [{ first }] = await this.database.query<[{ first: number | null }]>(
        `SELECT MIN(${unit}) AS first FROM ${table} WHERE ${marks}`,
        Object.values(whose),
      );
      if (first === null || first >= end) return removed;
      const { affected } = await this.database
        .createQueryBuilder()
        .delete()
        .from(entity)
        .where(`${condition} AND ${unit} < :some`, { ...whose, some: Math.min(end, first + UNITS_AT_ONCE) })
        .execute();
      removed += affected ?? 0;
    }
  }
}

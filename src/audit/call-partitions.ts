import type { DataSource } from 'typeorm';

import { patiently, type Schema } from '../persistence';
import { firstCallIdAt } from './call-id';
import { CALL_LOGS } from './call-log.entity';

/** Some calls of MySQL's and MariaDB's call log: from where the partition before ends up to `below`, which is `null` in the last one. */
interface Partition {
  readonly name: string;
  readonly below: number | null;
}

export const PARTITION_MS = 7 * 24 * 3_600_000;
/** A Monday. */
const FIRST_MS = 4 * 24 * 3_600_000;
const AHEAD = 4;
/** A table of many years begins with one partition that is longer than the others. */
const MOST_BEHIND = 104;
/** The one of all calls that no other is for. Rows are never refused for want of a partition. */
const LAST = 'later';
/** How long DDL may hold up whoever comes after it, where a statement before it takes long. */
const LOCK_WAIT_SECONDS = 5;

type Query = (sql: string, values?: unknown[]) => Promise<unknown>;

/** Cuts the call log into weeks, unless it is. The rows that are there are copied, and cannot be written meanwhile. */
export async function partitionCalls(schema: Schema): Promise<void> {
  if (schema.isSqlite || (await partitionsOf((sql, values) => schema.query(sql, values))).length > 0) return;
  const [{ least }] = (await schema.query(`SELECT MIN(id) AS least FROM ${CALL_LOGS}`)) as [{ least: string | number | null }];
  const now = Date.now();
  const first = Math.max(least === null ? now : Number(least) / firstCallIdAt(new Date(1)), now - MOST_BEHIND * PARTITION_MS);
  await schema.query(`ALTER TABLE ${CALL_LOGS} PARTITION BY RANGE (id) (${definitions(weeks(first, now))})`);
}

/** Makes partitions of the call log ahead of time and drops old ones. Nothing to do on SQLite, nor where a host has not migrated. */
export class CallPartitions {
  constructor(private readonly database: DataSource) {}

  /** Whether there are any. */
  async exist(): Promise<boolean> {
    return (await this.read()).length > 0;
  }

  /** Makes those of the next weeks. */
  async prepare(now: Date): Promise<void> {
    const partitions = await this.read();
    const end = partitions.at(-2)?.below;
    if (partitions.at(-1)?.name !== LAST || end === null || end === undefined) return;
    const missing = weeks(Math.max(timeOf(end), now.getTime() - MOST_BEHIND * PARTITION_MS), now.getTime()).filter(
      ({ below }) => below! > end,
    );
    if (missing.length === 0) return;
    await this.alter(`REORGANIZE PARTITION ${LAST} INTO (${definitions(missing)})`);
  }

  /** Drops those that end before this time. @returns how many calls were in them */
  async dropBefore(time: Date): Promise<number> {
    let calls = 0;
    for (const { name, below } of await this.read()) {
      if (below === null || below > firstCallIdAt(time)) break;
      const [{ count }] = await this.patiently(
        (query) => query(`SELECT COUNT(*) AS count FROM ${CALL_LOGS} PARTITION (${name})`) as Promise<[{ count: string | number }]>,
      );
      await this.alter(`DROP PARTITION ${name}`);
      calls += Number(count);
    }
    return calls;
  }

  private read(): Promise<Partition[]> {
    if (this.database.options.type === 'better-sqlite3') return Promise.resolve([]);
    return partitionsOf((sql, values) => this.database.query(sql, values));
  }

  private async alter(change: string): Promise<void> {
    await this.patiently(async (query) => {
      await query(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_SECONDS}`);
      try {
        await query(`ALTER TABLE ${CALL_LOGS} ${change}`);
      } finally {
        await query('SET SESSION lock_wait_timeout = DEFAULT');
      }
    });
  }

  /** On one connection, however long it takes. */
  private async patiently<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const runner = patiently(this.database.createQueryRunner());
    try {
      return await work((sql) => runner.query(sql) as Promise<unknown>);
    } finally {
      await runner.release();
    }
  }
}

async function partitionsOf(query: Query): Promise<Partition[]> {
  const rows = (await query(
    `SELECT partition_name AS name, partition_description AS below FROM information_schema.partitions
     WHERE table_schema = DATABASE() AND table_name = ? AND partition_name IS NOT NULL ORDER BY partition_ordinal_position`,
    [CALL_LOGS],
  )) as Array<{ name: string; below: string }>;
  return rows.map(({ name, below }) => ({ name, below: below === 'MAXVALUE' ? null : Number(below) }));
}

/** From the week of one time until some weeks after another. */
function weeks(from: number, now: number): Partition[] {
  const partitions: Partition[] = [];
  for (let end = weekEnd(from); end <= weekEnd(now) + AHEAD * PARTITION_MS; end += PARTITION_MS) {
    const day = new Date(end).toISOString().slice(0, 10).replaceAll('-', '');
    partitions.push({ name: `until_${day}`, below: firstCallIdAt(new Date(end)) });
  }
  return partitions;
}

const weekEnd = (time: number): number => (Math.floor((time - FIRST_MS) / PARTITION_MS) + 1) * PARTITION_MS + FIRST_MS;
const timeOf = (id: number): number => id / firstCallIdAt(new Date(1));

const definitions = (partitions: readonly Partition[]): string =>
  [
    ...partitions.map(({ name, below }) => `PARTITION ${name} VALUES LESS THAN (${below})`),
    `PARTITION ${LAST} VALUES LESS THAN MAXVALUE`,
  ].join(', ');

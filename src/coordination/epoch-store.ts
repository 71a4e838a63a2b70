import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';

import { encodeBase32 } from '../common';

/** How far the changes of an installation have come, and where a replica is among them. */
export interface Position {
  readonly epoch: number;
  readonly mark: string;
}

/** What a replica says about itself to the others. */
export interface ReplicaRow {
  readonly id: string;
  readonly name: string;
  readonly seenEpoch: number;
  readonly renewals: number;
  readonly startedAt: Date;
  readonly renewedAt: Date;
  readonly endedAt: Date | null;
}

interface Asks {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T>;
}

interface Done {
  readonly affectedRows: number;
  readonly insertId: number;
}

const EVERYTHING = '*';
/** More than any replica that still lives can be behind; one that was away longer forgets everything. */
const KEPT_EPOCHS = 1_000;
const ENDED_KEPT_MS = 24 * 60 * 60 * 1_000;

const randomMark = (): string => encodeBase32(randomBytes(16));

/** Raises the epoch in the transaction of the change. Call it last: everybody's changes wait for its lock. */
export async function raiseEpoch(manager: EntityManager, organizationIds: ReadonlyArray<string | null>): Promise<number> {
  const mark = randomMark();
  const raise = (): Promise<Done> =>
    manager.query('UPDATE keystile_epochs SET epoch = LAST_INSERT_ID(epoch + 1), mark = ? WHERE id = 1', [mark]);
  let raised = await raise();
  if (raised.affectedRows !== 1) {
    await makeRow(manager);
    raised = await raise();
  }
  const epoch = raised.insertId;
  const rows = organizationIds.map((id) => [epoch, id ?? EVERYTHING, mark]);
  const places = rows.map(() => '(?, ?, ?)').join(', ');
  await manager.query(`INSERT INTO keystile_epoch_changes (epoch, organization_id, mark) VALUES ${places}`, rows.flat());
  return epoch;
}

const makeRow = (asks: { query(sql: string, parameters?: unknown[]): Promise<unknown> }): Promise<unknown> =>
  asks.query("INSERT IGNORE INTO keystile_epochs (id, epoch, mark, installation) VALUES (1, 0, '', ?)", [randomMark()]);

/** The statements by which replicas know of each other, for MySQL and MariaDB. */
export class EpochStore {
  constructor(private readonly database: Asks) {}

  /** Makes the row of the epoch, where it is not there. @returns the name of the installation */
  async prepare(): Promise<string> {
    await makeRow({ query: (sql, parameters) => this.database.query(sql, parameters) });
    const [row] = await this.database.query<Array<{ installation: string }>>('SELECT installation FROM keystile_epochs WHERE id = 1');
    return row!.installation;
  }

  async read(): Promise<Position> {
    const [row] = await this.database.query<Array<{ epoch: number | string; mark: string }>>(
      'SELECT epoch, mark FROM keystile_epochs WHERE id = 1',
    );
    return row ? { epoch: Number(row.epoch), mark: row.mark } : { epoch: 0, mark: '' };
  }

  /**
   * What changed on the way from one position to another, by epoch; `undefined` where that is not known: too long ago, or in a
   * database that was set back.
   */
  async changes(from: Position, to: Position): Promise<ReadonlyMap<number, ReadonlyArray<string | null>> | undefined> {
    const rows = await this.database.query<Array<{ epoch: number | string; id: string; mark: string }>>(
      'SELECT epoch, organization_id AS id, mark FROM keystile_epoch_changes WHERE epoch >= ? AND epoch <= ?',
      [from.epoch, to.epoch],
    );
    const changes = new Map<number, Array<string | null>>();
    let isSameHistory = from.epoch === 0;
    for (const { epoch, id, mark } of rows) {
      const number = Number(epoch);
      if (number === from.epoch) {
        isSameHistory ||= mark === from.mark;
        continue;
      }
      changes.set(number, [...(changes.get(number) ?? []), id === EVERYTHING ? null : id]);
    }
    return isSameHistory && changes.size === to.epoch - from.epoch ? changes : undefined;
  }

  /** Before a replica remembers anything: from now on changes wait for it. Also brings back one that was taken for ended. */
  async register(id: string, name: string, seenEpoch: number, now: Date): Promise<void> {
    const { affectedRows } = await this.database.query<Done>(
      'UPDATE keystile_replicas SET ended_at = NULL, seen_epoch = ?, renewals = renewals + 1, renewed_at = ? WHERE id = ?',
      [seenEpoch, now, id],
    );
    if (affectedRows === 1) return;
    await this.database.query(
      'INSERT INTO keystile_replicas (id, name, seen_epoch, renewals, started_at, renewed_at) VALUES (?, ?, ?, 0, ?, ?)',
      [id, name, seenEpoch, now, now],
    );
  }

  /** @returns `false` where another replica took this one for ended */
  async renew(id: string, seenEpoch: number, now: Date): Promise<boolean> {
    const { affectedRows } = await this.database.query<Done>(
      'UPDATE keystile_replicas SET renewals = renewals + 1, seen_epoch = ?, renewed_at = ? WHERE id = ? AND ended_at IS NULL',
      [seenEpoch, now, id],
    );
    return affectedRows === 1;
  }

  async release(id: string): Promise<void> {
    await this.database.query('DELETE FROM keystile_replicas WHERE id = ?', [id]);
  }

  async replicas(): Promise<ReplicaRow[]> {
    const rows = await this.database.query<Array<Record<string, string | number | Date | null>>>(
      'SELECT id, name, seen_epoch, renewals, started_at, renewed_at, ended_at FROM keystile_replicas ORDER BY name, id',
    );
    return rows.map((row) => ({
      id: row['id'] as string,
      name: row['name'] as string,
      seenEpoch: Number(row['seen_epoch']),
      renewals: Number(row['renewals']),
      startedAt: row['started_at'] as Date,
      renewedAt: row['renewed_at'] as Date,
      endedAt: row['ended_at'] as Date | null,
    }));
  }

  /** Only where it has not renewed its lease meanwhile. */
  async end(id: string, renewals: number, now: Date): Promise<void> {
    await this.database.query('UPDATE keystile_replicas SET ended_at = ? WHERE id = ? AND renewals = ? AND ended_at IS NULL', [
      now,
      id,
      renewals,
    ]);
  }

  /** Deletes what no replica needs any more. */
  async sweep({ epoch }: Position, now: Date): Promise<void> {
    await this.database.query('DELETE FROM keystile_epoch_changes WHERE epoch < ? ORDER BY epoch LIMIT 1000', [epoch - KEPT_EPOCHS]);
    await this.database.query('DELETE FROM keystile_replicas WHERE ended_at < ?', [new Date(now.getTime() - ENDED_KEPT_MS)]);
  }
}

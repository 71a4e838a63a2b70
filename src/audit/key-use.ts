import type { EntityManager } from 'typeorm';

import type { CallChange } from './call-change';
import { callTime } from './call-id';
import type { CallRow } from './call-row';
import { KEY_USE } from './key-use.entity';

export const HOUR_MS = 3_600_000;

/** Calls of one key, one hour and one kind. */
interface KeyUseLine {
  readonly key: ReadonlyArray<string | number>;
  calls: number;
  lastId: number;
}

const KEY = ['organization_number', 'key_number', 'hour', 'route_number', 'scopes_number', 'method', 'status', 'run_number'];
const MOST_ROWS = 500;

/** Counts the calls that keys made by hour and kind, in the transaction of their rows. Additions only: nothing has to be read for it. */
export async function addKeyUse(manager: EntityManager, run: number, changes: readonly CallChange[]): Promise<void> {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const rest = isSqlite
    ? `ON CONFLICT (${KEY.join(', ')}) DO UPDATE SET calls = calls + excluded.calls, last_id = MAX(last_id, excluded.last_id)`
    : 'ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls), last_id = GREATEST(last_id, VALUES(last_id))';
  const lines = linesOf(run, changes);
  for (let i = 0; i < lines.length; i += MOST_ROWS) {
    const some = lines.slice(i, i + MOST_ROWS);
    await manager.query(
      `INSERT INTO ${KEY_USE} (${KEY.join(', ')}, calls, last_id) VALUES ${some.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')} ${rest}`,
      some.flatMap(({ key, calls, lastId }) => [...key, calls, lastId]),
    );
  }
}

function linesOf(run: number, changes: readonly CallChange[]): KeyUseLine[] {
  const lines = new Map<string, KeyUseLine>();
  const count = (row: CallRow, status: number, calls: number): void => {
    const { organizationNumber, keyNumber, routeNumber, requiredScopesNumber, method, id } = row;
    if (organizationNumber === null || keyNumber === null) return;
    const hour = Math.floor(callTime(id).getTime() / HOUR_MS);
    const key = [organizationNumber, keyNumber, hour, routeNumber ?? 0, requiredScopesNumber ?? 0, method, status, run];
    const name = key.join(' ');
    const line = lines.get(name);
    if (line) {
      line.calls += calls;
      line.lastId = Math.max(line.lastId, id);
    } else lines.set(name, { key, calls, lastId: id });
  };
  for (const { row, stage } of changes) {
    // What the first record of a streamed call said is taken back by its second.
    if (typeof stage === 'object') count(row, stage.status, -row.calls);
    count(row, row.status, row.calls);
  }
  return [...lines.values()];
}

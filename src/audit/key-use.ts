import type { EntityManager } from 'typeorm';

import { type ProblemCode, PROBLEMS } from '../common';
import type { CallChange } from './call-change';
import { callTime } from './call-id';
import type { CallRow } from './call-row';
import { inPlace } from './insert-new';
import { KEY_USE, KEY_USE_DAYS } from './key-use.entity';

export const HOUR_MS = 3_600_000;

/** Calls of one key, one hour and one kind. */
interface KeyUseLine {
  readonly key: ReadonlyArray<string | number>;
  calls: number;
  lastId: number;
}

type Kind = readonly [route: number, scopes: number, method: string, status: number];

type Ending = Pick<CallRow, 'status' | 'code'>;

/** Stands for the method where somebody else asked about the key (`decisions.md` 14). */
export const VERIFICATION = '';

const KEY = ['organization_number', 'key_number', 'hour', 'route_number', 'scopes_number', 'method', 'status', 'run_number'];
const MOST_ROWS = 500;
const MOST_KEYS = 100;

/** Counts the calls that keys made, and their verifications, by hour and kind, in the transaction of their rows. Additions only: nothing has to be read for it. */
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

/** What the keys of an organization did between two hours, by the day, in the place of what is there of it. */
export async function addUpKeyUse(manager: EntityManager, run: number, organization: number, first: number, end: number): Promise<void> {
  const rest = inPlace(manager, KEY, ['calls', 'last_id']);
  const kind = KEY.map((column) => (column === 'hour' ? 'hour - hour % 24' : column)).join(', ');
  const found = await manager.query<Array<{ key: number }>>(
    `SELECT DISTINCT key_number AS \`key\` FROM ${KEY_USE} WHERE organization_number = ?`,
    [organization],
  );
  const keys = found.map(({ key }) => key);
  for (let i = 0; i < keys.length; i += MOST_KEYS) {
    const some = keys.slice(i, i + MOST_KEYS);
    await manager.query(
      `INSERT INTO ${KEY_USE_DAYS} (${KEY.join(', ')}, calls, last_id) SELECT ${kind}, SUM(calls), MAX(last_id) FROM ${KEY_USE}
       WHERE organization_number = ? AND key_number IN (${some.map(() => '?').join(', ')}) AND hour >= ? AND hour < ? AND run_number = ?
       GROUP BY ${kind} ${rest}`,
      [organization, ...some, first, end, run],
    );
  }
}

function linesOf(run: number, changes: readonly CallChange[]): KeyUseLine[] {
  const lines = new Map<string, KeyUseLine>();
  const add = ({ organizationNumber, id }: CallRow, keyNumber: number, kind: Kind, calls: number): void => {
    if (organizationNumber === null) return;
    const hour = Math.floor(callTime(id).getTime() / HOUR_MS);
    const key = [organizationNumber, keyNumber, hour, ...kind, run];
    const name = key.join(' ');
    const line = lines.get(name);
    if (line) {
      line.calls += calls;
      line.lastId = Math.max(line.lastId, id);
    } else lines.set(name, { key, calls, lastId: id });
  };
  const count = (row: CallRow, ending: Ending, calls: number): void => {
    const { keyNumber, subjectKeyNumber, routeNumber, requiredScopesNumber, method } = row;
    if (keyNumber !== null) add(row, keyNumber, [routeNumber ?? 0, requiredScopesNumber ?? 0, method, ending.status], calls);
    // Route and scopes are those of whoever asked.
    if (subjectKeyNumber !== null) add(row, subjectKeyNumber, [0, 0, VERIFICATION, verifiedStatus(ending)], calls);
  };
  for (const { row, stage } of changes) {
    // What the first record of a streamed call said is taken back by its second.
    if (typeof stage === 'object') count(row, stage, -row.calls);
    count(row, row, row.calls);
  }
  return [...lines.values()];
}

/** What the verified key would have been answered: a verification that says no is answered with 200 itself. */
const verifiedStatus = ({ status, code }: Ending): number =>
  status < 400 && code !== null && Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code as ProblemCode].status : status;

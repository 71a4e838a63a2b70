import { Problem } from '../common';
import { DATABASE_AWAY } from './pulse';

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const RETRYABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']);
const WRITE_REFUSED = new Set([
  // Somebody has taken rights away from us, to move the database or by mistake.
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_READ_ONLY_MODE',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
]);
const UNREACHABLE = new Set([
  ...WRITE_REFUSED,
  DATABASE_AWAY,
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
]);
/** SQLite adds where it happened: `SQLITE_IOERR_WRITE`. */
const SQLITE_UNREACHABLE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN)/;

/** A unique index said no: the row is there already. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error));

/** The database undid the transaction and asks to try again. */
export const isRetryable = (error: unknown): boolean => RETRYABLE.has(codeOf(error));

/** Another process writes to the SQLite file. */
export const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

/** The database cannot be asked at the moment. */
export function isUnreachable(error: unknown): boolean {
  const code = codeOf(error);
  return UNREACHABLE.has(code) || SQLITE_UNREACHABLE.test(code) || isConnectionOver(error);
}

/** The database answers, but keeps nothing: it is read-only, or full. Also said of the problem that this became. */
export function isWriteRefused(error: unknown): boolean {
  const code = codeOf(error instanceof Problem ? error.cause : error);
  return WRITE_REFUSED.has(code) || /^SQLITE_(FULL|READONLY)/.test(code);
}

/** Nothing was asked, or no answer was waited for, because the database does not answer at all. */
export const isDatabaseAway = (error: unknown): boolean => codeOf(error) === DATABASE_AWAY;

/** What an error of the database means to the caller; other errors come back as they are. */
export const asProblem = (error: unknown): unknown =>
  isRetryable(error) || isUnreachable(error) ? new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause: error }) : error;

/** Refusals of transactions of which nothing is left. */
const undone = new WeakSet<object>();

/** Whether a transaction failed before its commit, so that it has changed nothing and can be repeated. */
export const isUndone = (error: unknown): boolean => typeof error === 'object' && error !== null && undone.has(error);

/** What the error of a transaction that was not committed means to the caller. */
export function asUndone(error: unknown): unknown {
  const problem = asProblem(error);
  if (problem instanceof Problem) undone.add(problem);
  return problem;
}

/** What it means to the caller that the database was lost during the commit. */
export const asUnknown = (error: unknown): unknown =>
  isUnreachable(error)
    ? new Problem(
        'unavailable',
        { retryAfterSeconds: 1 },
        'The database was lost while the change was being made: its outcome is unknown',
        {
          cause: error,
        },
      )
    : error;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
}

/** mysql2's word for errors after which a connection can do nothing more. */
function isConnectionOver(error: unknown): boolean {
  const { driverError = error } = (error ?? {}) as { driverError?: unknown };
  return (driverError as { fatal?: unknown } | null)?.fatal === true;
}

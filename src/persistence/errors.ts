import { Problem } from '../common';

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const RETRYABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']);
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
]);

/** A unique index said no: the row is there already. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error));

/** The database undid the transaction and asks to try again. */
export const isRetryable = (error: unknown): boolean => RETRYABLE.has(codeOf(error));

/** The database cannot be asked at the moment. */
export const isUnreachable = (error: unknown): boolean => UNREACHABLE.has(codeOf(error));

/** What an error of the database means to the caller; other errors come back as they are. */
export const asProblem = (error: unknown): unknown =>
  isRetryable(error) || isUnreachable(error) ? new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause: error }) : error;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
}

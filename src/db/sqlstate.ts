import { isRewritten } from './rewritten.js';

/** What to do about an error, by its SQLSTATE. Whatever is not listed stops the work at once. */

/** The statement was the victim of its neighbours: the same transaction may pass when given again. */
export const RETRYABLE: ReadonlyMap<string, string> = new Map([
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
  ['55P03', 'lock timeout'],
  ['53300', 'too many connections'],
  ['57014', 'statement cancelled or timed out'],
  ['57P03', 'the server is starting up'],
]);

/** The session is gone; what became of a COMMIT under way is unknown and has to be asked of the ledger. */
export const CONNECTION_LOST: ReadonlyMap<string, string> = new Map([
  ['08000', 'connection exception'],
  ['08003', 'connection does not exist'],
  ['08006', 'connection failure'],
  ['57P01', 'terminated by an administrator'],
  ['57P02', 'the server crashed'],
  ['57P04', 'the database was dropped'],
  ['57P05', 'idle session timeout'],
  ['25P03', 'idle in transaction timeout'],
]);

const LOST_ERRNO = new Set([
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'ECONNABORTED'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENETRESET'],
]);

/** The class of errors that a single row causes: data exceptions, constraint violations, size limits. */
const ROW_CLASSES = new Set(['22', '23', '54']);

export interface PostgresError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly where?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly schema?: string;
  /** The source file of the server that the error is from. */
  readonly file?: string;
  /** Who held the lock that was refused, where that is known. */
  readonly blockedBy?: string | undefined;
}

export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as PostgresError).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(sqlState(error) ?? '') || isRewritten(error);
}

/**
 * Whether a standby cancelled what was read, or ended its session, because it could not replay the log of the primary
 * otherwise. It uses the codes of other conflicts; no other error of these codes is from this file of the server, and
 * its message may be in any language.
 */
export function isRecoveryConflict(error: unknown): boolean {
  const code = sqlState(error);
  return (code === '40001' || code === '40P01') && (error as PostgresError).file === 'postgres.c';
}

export function isConnectionLost(error: unknown): boolean {
  // The first of several is what went wrong; the others happened while cleaning up after it.
  if (error instanceof AggregateError && error.errors.length > 0) return isConnectionLost(error.errors[0]);
  const code = sqlState(error) ?? '';
  if (CONNECTION_LOST.has(code) || LOST_ERRNO.has(code)) return true;
  return (
    error instanceof Error &&
    /^Connection terminated|Client has encountered a connection error/.test(error.message)
  );
}

export function isRowError(error: unknown): boolean {
  const code = sqlState(error);
  return code !== undefined && code.length === 5 && ROW_CLASSES.has(code.slice(0, 2));
}

import { type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';

/** A statement of a restore that the server did not take. Its first line names the object. */
export function refused(error: unknown, statement: string): unknown {
  const state = sqlState(error);
  if (state === undefined || state.length !== 5 || state.startsWith('57') || state.startsWith('08'))
    return error;
  const line = statement.split('\n')[0] ?? '';
  return new DrydockError({
    code: state === '42501' ? 'missing-privilege' : 'restore-refused',
    what: `The server refused to make a part of the backup (SQLSTATE ${state}): ${(error as PostgresError).message}.`,
    state: 'Nothing was restored: all of it is one transaction.',
    next: `The statement begins: ${line.length > 120 ? `${line.slice(0, 120)}…` : line}`,
    detail: `${statement}\n${(error as PostgresError).detail ?? ''}`,
    cause: error,
  });
}

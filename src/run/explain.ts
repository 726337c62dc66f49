import { isConnectionLost, type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError, type ErrorCode } from '../errors.js';

interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: string;
}

/** What a server refuses for reasons that are not ours, in words; the server's own message names the object. */
const EXPLANATIONS: Readonly<Record<string, (message: string) => Explanation>> = {
  '42501': (message) => ({
    code: 'missing-privilege',
    what: `The user lacks a right: ${message}.`,
    next: 'Have the right granted by the owner of the object, or connect as that owner.',
  }),
  '25006': (message) => ({
    code: 'read-only-server',
    what: `The server takes no writes: ${message}.`,
    next: 'Connect to the primary server, not to a standby.',
  }),
  '53100': (message) => ({
    code: 'disk-full',
    what: `The server's disk is full: ${message}.`,
    next: 'Make room (drydock plan estimates how much is needed) and give the same command again.',
  }),
  '22021': (message) => ({
    code: 'not-utf8',
    what: `The database, whose encoding lets anything pass, holds text that is not UTF-8: ${message}.`,
    next: 'Mend the text; or dump the database as the encoding that its text is in (pg_dump --encoding) and restore it into one in UTF8.',
  }),
  '40001': conflict,
  '40P01': conflict,
  '55P03': (message) => ({
    code: 'locked',
    what: `Another session holds a lock for longer than Drydock waits: ${message}.`,
    next: 'See pg_stat_activity for the session, or pg_prepared_xacts for a prepared transaction, and give the same command again when it has ended.',
  }),
  '57014': (message) => ({
    code: 'cancelled',
    what: `A statement was cancelled on the server, again and again: ${message}.`,
    next: 'Find out who cancels it, and give the same command again.',
  }),
};

function conflict(message: string): Explanation {
  return {
    code: 'conflict',
    what: `Other sessions wrote the same rows, again and again: ${message}.`,
    next: 'Give the same command again; drydock sync --follow goes on by itself.',
  };
}

/** Makes an error of the server one that a person can act on, where it is of a known kind. */
export function explained(error: unknown, state: string): unknown {
  if (!(error instanceof Error) || error instanceof DrydockError) return error;
  if (isConnectionLost(error)) {
    return new DrydockError({
      code: 'connection-lost',
      what: `The connection to the server was lost: ${error.message}`,
      state,
      next: 'Give the same command again when the server answers.',
      cause: error,
    });
  }
  const explanation = EXPLANATIONS[sqlState(error) ?? '']?.(error.message);
  if (explanation === undefined) return error;
  const { detail } = error as PostgresError;
  return new DrydockError({ ...explanation, state, detail, cause: error });
}

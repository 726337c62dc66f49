import type { ErrorCode } from '../errors.js';
import { isRecoveryConflict, type PostgresError } from './sqlstate.js';

/** What an error of the server means, in words. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: string;
}

type Explain = (message: string, error: PostgresError) => Explanation;

/** By SQLSTATE: what a server refuses for reasons that are not ours. The server's own message names the object. */
const BY_STATE: Readonly<Record<string, Explain>> = {
  '42501': (message) => ({
    code: 'missing-privilege',
    what: `The user lacks a right: ${message}.`,
    next: 'Have the right granted by the owner of the object, or connect as that owner.',
  }),
  '25006': (message) => ({
    code: 'read-only-server',
    what: `The server takes no writes: ${message}.`,
    next: 'Connect to the primary server, not to a standby; or set default_transaction_read_only to off.',
  }),
  '53100': (message) => ({
    code: 'disk-full',
    what: `The server's disk is full: ${message}.`,
    next: 'Make room (drydock plan estimates how much is needed) and give the same command again.',
  }),
  '53200': (message) =>
    /shared memory/.test(message)
      ? {
          code: 'server-resources',
          what: `The server has no room for more locks: ${message}.`,
          next: 'Raise max_locks_per_transaction on the server, or give the same command again when fewer sessions are at work.',
        }
      : {
          code: 'server-resources',
          what: `The server has no memory left: ${message}.`,
          next: 'Lower work_mem or --concurrency, and give the same command again when fewer sessions are at work.',
        },
  '53300': (message) => ({
    code: 'cannot-connect',
    what: `The server has no connection left: ${message}.`,
    next: 'End sessions that nobody uses or raise max_connections, and give the same command again.',
  }),
  '22021': notUtf8,
  '22P05': notUtf8,
  '40001': conflict,
  '40P01': conflict,
  '40003': conflict,
  '72000': conflict,
  '55P03': (message, { blockedBy }) => ({
    code: 'locked',
    what: `Another session holds a lock for longer than Drydock waits: ${blockedBy ?? message}.`,
    next: 'See pg_stat_activity for the session, or pg_prepared_xacts for a prepared transaction, and give the same command again when it has ended.',
  }),
  '57014': (message) => ({
    code: 'cancelled',
    what: `A statement was cancelled on the server, again and again: ${message}.`,
    next: 'Find out who cancels it, and give the same command again.',
  }),
  '2BP01': (message) => ({
    code: 'in-use',
    what: `Something that Drydock did not make depends on what has to be dropped: ${message}.`,
    next: 'Drop or change that object; --verbose shows which one it is.',
  }),
};

/** By the class of the SQLSTATE, where the message names objects and never values of rows. */
const BY_CLASS: Readonly<Record<string, Explain>> = {
  '42': (message) => ({
    code: 'schema-changed',
    what: `Something that Drydock needs in the database is gone, or is another one: ${message}.`,
    next: 'Make what the message names as it was, and give the same command again. If nobody changed or dropped it, report it with --verbose.',
  }),
  '53': (message) => ({
    code: 'server-resources',
    what: `The server has reached a limit of its resources: ${message}.`,
    next: 'Raise the limit that the message names, and give the same command again.',
  }),
  '54': (message) => ({
    code: 'server-limit',
    what: `The database goes beyond a limit of PostgreSQL: ${message}.`,
    next: 'Change the row, the index or the setting that the message names; --verbose shows more.',
  }),
  '58': serverFault,
  XX: serverFault,
};

/** What Drydock looked up a moment ago, and does not find again. */
export const GONE: Explanation = {
  code: 'schema-changed',
  what: 'Something that Drydock found in the database a moment ago is gone: it was dropped, or renamed.',
  next: 'Look at `drydock status` and give the same command again. If nobody dropped or renamed anything, report it with --verbose.',
};

/** Classes whose messages can quote what a row holds. */
const REFUSED = ['22', '23', '0A', 'P0', '44', '25', '55', '09', '27', '38', '39', 'HV'];

/** Classes of SQLSTATE 42 and 3F that only a statement of ours can cause. */
const OURS = new Set(['42601', '42602', '42622', '42939', '42P02', '42P18']);

/** An error of the server in words; undefined where only a statement of ours can be the cause. */
export function explainServerError(error: PostgresError): Explanation | undefined {
  const { code = '', message } = error;
  if (OURS.has(code)) return undefined;
  if (isRecoveryConflict(error)) return RECOVERY_CONFLICT;
  if (code === '3F000') return BY_CLASS['42']?.(message, error);
  // As the server says it when a table was altered under a statement that it had prepared.
  if (code === '0A000' && /cached plan/.test(message)) return BY_CLASS['42']?.(message, error);
  const explain = BY_STATE[code] ?? BY_CLASS[code.slice(0, 2)];
  if (explain !== undefined) return explain(message, error);
  return REFUSED.includes(code.slice(0, 2)) ? refused(error) : undefined;
}

/** Whatever its SQLSTATE says of other sessions: on a standby there are no other writers. */
const RECOVERY_CONFLICT: Explanation = {
  code: 'recovery-conflict',
  what: 'The standby ended what was being read, again and again, to go on replaying what the primary wrote (a conflict with recovery).',
  next: 'Set hot_standby_feedback = on, or a longer max_standby_streaming_delay, on the standby, and give the same command again; or give it to the primary.',
};

/** Named by SQLSTATE, table and constraint: the message can quote row data. */
function refused({ code, schema, table, column, constraint }: PostgresError): Explanation {
  const where = [
    ...(table === undefined ? [] : [`table ${schema === undefined ? '' : `${schema}.`}${table}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
    ...(constraint === undefined ? [] : [`constraint ${constraint}`]),
  ];
  return {
    code: 'server-refused',
    what: `The server refused a statement (${[`SQLSTATE ${code}`, ...where].join(', ')}).`,
    next: "Look for a trigger, a constraint or a value that explains it; --verbose shows the server's message. If nothing does, report it.",
  };
}

function conflict(message: string): Explanation {
  return {
    code: 'conflict',
    what: `Other sessions wrote the same rows, again and again: ${message}.`,
    next: 'Give the same command again; drydock sync --follow goes on by itself.',
  };
}

function notUtf8(message: string): Explanation {
  return {
    code: 'not-utf8',
    what: `The database, whose encoding lets anything pass, holds text that is not UTF-8: ${message}.`,
    next: 'Mend the text; or dump the database as the encoding that its text is in (pg_dump --encoding) and restore it into one in UTF8.',
  };
}

function serverFault(message: string): Explanation {
  if (/concurrently (updated|deleted)/.test(message)) return conflict(message);
  return {
    code: 'server-fault',
    what: `The server failed at a statement: ${message}.`,
    next: 'Look into the log of the server and at its disk, and give the same command again when that is mended.',
  };
}

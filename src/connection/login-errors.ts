import type { ErrorCode } from '../errors/codes.js';
import { DrydockError } from '../errors.js';
import { NoTlsError, TlsError } from './dial.js';
import { describeHost, type Host, type Target } from './target.js';

const CHECK = 'Check --database-url, DATABASE_URL or the PG* variables, and that the server can be reached.';
/** Why a login did not come about, in a sentence, and what to do about it. */
interface Explained {
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: string;
}

interface ServerError extends Error {
  readonly code?: string;
  readonly routine?: string;
  readonly detail?: string;
  readonly address?: string;
}

/** The server asked for a password that nobody gave. */
export class NoPasswordError extends Error {
  constructor(readonly ignored: string | undefined) {
    super('no password is given');
  }
}

/** The server is not of the kind that `target_session_attrs` asks for. */
export class OtherServerError extends Error {}

/** Makes an error of a person's terms from that of the last server that was tried, or of the only one. */
export function loginError(
  { error, host }: { readonly error: unknown; readonly host: Host },
  target: Target,
  state: string,
  others: readonly string[] = [],
): DrydockError {
  const { code, what, next } = explain(error as ServerError, host, target);
  return new DrydockError({ code, what: [...others, what].join(' '), state, next, cause: error });
}

/** The same in one sentence, for one of several servers. */
export function loginSentence(error: unknown, host: Host, target: Target): string {
  return explain(error as ServerError, host, target).what;
}

function explain(error: ServerError, host: Host, target: Target): Explained {
  const at = describeHost(host);
  if (error instanceof NoPasswordError) {
    const why = error.ignored === undefined ? '' : ` The password file ${error.ignored}.`;
    return {
      code: 'no-password',
      what: `The server at ${at} asks for the password of user "${target.user}", and none is given.${why}`,
      next: 'Set PGPASSWORD, or write a line host:port:database:user:password into ~/.pgpass (chmod 600).',
    };
  }
  if (error instanceof NoTlsError) {
    return {
      code: 'bad-tls',
      what: `The server at ${at} does not encrypt connections (it does not support SSL), and sslmode=${target.tls.mode} asks for that.`,
      next: 'Switch ssl on at the server, or use sslmode=prefer.',
    };
  }
  if (error instanceof TlsError) {
    return {
      code: 'bad-tls',
      what: `No encrypted connection to ${at} with sslmode=${target.tls.mode}: ${sentence(error.message)}`,
      next: 'Check sslmode, sslrootcert, sslcert and sslkey, and the certificate of the server.',
    };
  }
  const refused = refusal(error, at, target);
  if (refused !== undefined) return refused;
  const reason = unreachable(error, host);
  if (target.isDefaultHost) {
    return {
      code: 'no-address',
      what: `No address of a database is given, and no server answers at the default one: ${reason}`,
      next: 'Set DATABASE_URL, for instance postgres://user@host:5432/database, or PGHOST, PGUSER and PGDATABASE.',
    };
  }
  return { code: 'cannot-connect', what: reason, next: CHECK };
}

function unreachable(error: ServerError, host: Host): string {
  const at = describeHost(host);
  if (/^Connection terminated/.test(error.message))
    return `The server at ${at} closed the connection without a word.`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `Nothing answers at ${at}.`;
    case 'ENOENT':
      return `There is no ${at.replace(/^the /, '')}: no server listens there.`;
    case 'EACCES':
      return `You may not use ${at}.`;
    case 'ENOTFOUND':
      return `The host "${host.name}" is not known.`;
    case 'EAI_AGAIN':
      return `The host "${host.name}" could not be looked up.`;
    default:
      return `Could not connect to ${at}: ${
        error instanceof AggregateError ? 'no address of the host answers.' : sentence(error.message)
      }`;
  }
}

/** By SQLSTATE and, where one has several meanings, by the place in the server: messages are in its language. */
function refusal(error: ServerError, at: string, target: Target): Explained | undefined {
  const { user, database } = target;
  const said = sentence(error.message);
  const refused = (what: string, next: string): Explained => ({ code: 'login-refused', what, next });
  switch (error.code) {
    case '28P01':
      return refused(
        `The server at ${at} refused the login of user "${user}": wrong password.`,
        'Check the password in the address, PGPASSWORD or ~/.pgpass.',
      );
    case '28000':
      return refused(
        `The server at ${at} refused the login of user "${user}" to database "${database}": ${said}`,
        'Check the user and the database, or have a line of pg_hba.conf let this user in from here.',
      );
    case '3D000':
      return refused(
        `There is no database "${database}" on ${at}.`,
        'Check the database in the address, or PGDATABASE.',
      );
    case '42501':
      return refused(
        `User "${user}" may not connect to database "${database}": ${said}`,
        `grant connect on database "${database}" to "${user}"`,
      );
    case '55000':
      return refused(
        `Database "${database}" takes no connections: ${said}`,
        'Check the database in the address, or PGDATABASE.',
      );
    case '53300':
      return { code: 'cannot-connect', ...noConnectionLeft(error, at, target) };
    case '57P03':
      return {
        code: 'cannot-connect',
        what: `The server at ${at} takes no connections at this moment: ${said}`,
        next: 'Give the same command again when it is up; its log says how far it is.',
      };
    default:
  }
  if (/^Unknown authenticationOk message type [79]\b/.test(error.message)) {
    return refused(
      `The server at ${at} asks user "${user}" for a login by Kerberos or SSPI, which Drydock cannot do.`,
      'Have a line of pg_hba.conf let this user in with scram-sha-256 or a certificate.',
    );
  }
  if (!/^SASL:|^[0-9A-Z]{5}$/.test(error.code ?? error.message)) return undefined;
  return refused(
    `The server at ${at} refused the connection of user "${user}": ${said}`,
    'Check the parameters in the address and the PG* variables.',
  );
}

function noConnectionLeft(
  { routine, message }: ServerError,
  at: string,
  { user, database }: Target,
): { readonly what: string; readonly next: string } {
  const next = 'Close connections that nobody needs, or raise the limit.';
  switch (routine) {
    case 'InitializeSessionUserId':
      return {
        what: `User "${user}" has no connection left on ${at}: the limit of the role is reached.`,
        next: `${next} It is shown by \\du and set with: alter role "${user}" connection limit N`,
      };
    case 'CheckMyDatabase':
      return {
        what: `Database "${database}" on ${at} has no connection left: its limit is reached.`,
        next: `${next} It is set with: alter database "${database}" connection limit N`,
      };
    case 'InitPostgres':
      return {
        what: `The server at ${at} has only connections left that are reserved for administrators (${message}).`,
        next: `${next} It is max_connections, less superuser_reserved_connections and reserved_connections.`,
      };
    default:
      return {
        what: `The server at ${at} has no connection left: ${sentence(message)}`,
        next: `${next} It is max_connections.`,
      };
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

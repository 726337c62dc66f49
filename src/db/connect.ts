import pg from 'pg';
import { DrydockError } from '../errors.js';
import type { Cleanup } from './cleanup.js';
import { withRetry } from './retry.js';
import { Session } from './session.js';
import { isRetryable, type PostgresError, sqlState } from './sqlstate.js';
import type { Backends } from './watch.js';

/** Makes sessions to one database, all with the same settings. */
export interface Connector {
  /** Opens a session that `cleanup` closes. */
  open(cleanup: Cleanup): Promise<Session>;
  /** Opens a connection only to cancel what another backend of ours is doing. */
  cancel(backendPids: readonly number[]): Promise<void>;
}

/** For what may not hang when the network does: questions about other connections. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * `databaseUrl`, else DATABASE_URL, else the PG* variables, which the driver reads itself. A server that has no
 * connection left, or is just starting, is tried again until the signal comes.
 */
export function connector(databaseUrl: string | undefined, signal?: AbortSignal): Connector {
  const url = databaseUrl ?? process.env.DATABASE_URL;
  const config = clientConfig(url);
  const connect = async (further: pg.ClientConfig = {}): Promise<pg.Client> => {
    const client = newClient({ ...config, ...further });
    client.on('error', () => undefined);
    // The driver would throw on it, and never end: the process would end without a word.
    if (!(client.port >= 1 && client.port <= 65_535)) throw badPort();
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => undefined);
      throw connectionError(error, client);
    }
    return client;
  };
  /** One question on a connection of its own. */
  const askOnce = async (text: string, values: readonly unknown[]): Promise<pg.QueryResult> => {
    const client = await connect({ query_timeout: ANSWER_WITHIN_MS });
    try {
      return await client.query(text, [...values]);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const backends: Backends = {
    async isAtWork(pid) {
      const { rowCount } = await askOnce(
        `select from pg_catalog.pg_stat_activity
         where pid = $1::int and (state = 'disabled' or state = 'active' and wait_event_type is distinct from 'Client')`,
        [pid],
      );
      return rowCount !== 0;
    },
    async end(pid) {
      await askOnce('select pg_catalog.pg_terminate_backend($1::int)', [pid]);
    },
  };
  return {
    async open(cleanup) {
      const session = await withRetry(async () => Session.open(await connect(), backends), {
        signal,
        retryable: (error) => isRetryable(error instanceof DrydockError ? error.cause : error),
      });
      cleanup.add(() => session.close());
      return session;
    },
    async cancel(backendPids) {
      if (backendPids.length === 0) return;
      await askOnce('select pg_catalog.pg_cancel_backend(pid) from pg_catalog.unnest($1::int[]) as pid', [
        backendPids,
      ]);
    },
  };
}

const LENIENT_MODES: readonly string[] = ['prefer', 'require', 'verify-ca'];

function clientConfig(url: string | undefined): pg.ClientConfig {
  const common: pg.ClientConfig = {
    application_name: 'drydock',
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // else the system's, which is two hours
  };
  if (url === undefined) return common;
  // Not as if it were not set: what an unset variable in a script leaves is no choice of another database.
  if (url === '') throw badUrl('it is empty (unset DATABASE_URL to have the PG* variables used)');
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw badUrl('it is not a URL');
  }
  if (!['postgres:', 'postgresql:'].includes(parsed.protocol)) throw badUrl(`its scheme is not postgres://`);
  return { ...common, connectionString: withServersMeaning(parsed, url) };
}

/**
 * `sslmode` as other clients of Postgres mean it: `require` encrypts and asks for no certificate that we know. The driver
 * would take it for `verify-full`, and warn of that on standard error. (By `prefer` it never goes back to plain text.)
 */
function withServersMeaning(parsed: URL, url: string): string {
  const { searchParams } = parsed;
  if (!LENIENT_MODES.includes(searchParams.get('sslmode') ?? '') || searchParams.has('uselibpqcompat'))
    return url;
  return `${url}&uselibpqcompat=true`;
}

/** The driver looks at certificates, and at how TLS is asked for, while a client is made. */
function newClient(config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config);
  } catch (error) {
    throw badUrl(
      (error as Error).message.replace(/\.$/, ''),
      'Check sslmode, sslrootcert, sslcert and sslkey in it.',
    );
  }
}

const URL_FORM =
  'Give postgres://user:password@host:port/database; special characters in the password are percent-encoded.';

function badUrl(why: string, next = URL_FORM): DrydockError {
  return new DrydockError({
    code: 'bad-url',
    what: `The database URL is not usable: ${why}.`,
    state: 'Nothing was done: no connection was opened.',
    next,
  });
}

function badPort(): DrydockError {
  return new DrydockError({
    code: 'bad-port',
    what: 'The port of the server is no number from 1 to 65535.',
    state: 'Nothing was done: no connection was opened.',
    next: 'Check --database-url, DATABASE_URL or PGPORT.',
  });
}

const REFUSALS: Readonly<Record<string, (client: pg.Client) => string>> = {
  '28P01': (client) => `The server refused the login of user "${client.user ?? ''}": wrong password.`,
  '28000': (client) => `The server refused the login of user "${client.user ?? ''}".`,
  '3D000': (client) => `There is no database "${client.database ?? ''}" on ${client.host}:${client.port}.`,
  '53300': () => 'The server has no connection left (max_connections).',
  ECONNREFUSED: (client) => `Nothing answers at ${client.host}:${client.port}.`,
  ENOTFOUND: (client) => `The host "${client.host}" is not known.`,
  EAI_AGAIN: (client) => `The host "${client.host}" could not be looked up.`,
};

function connectionError(error: unknown, client: pg.Client): DrydockError {
  const code = sqlState(error) ?? '';
  const known = REFUSALS[code];
  const reason =
    error instanceof AggregateError ? 'no address of the host answers' : (error as PostgresError).message;
  return new DrydockError({
    code: 'cannot-connect',
    what: known?.(client) ?? `Could not connect to ${client.host}:${client.port}: ${reason}`,
    state:
      'Nothing was written over this connection; what was committed before over others is in the ledger.',
    next: 'Check --database-url, DATABASE_URL or the PG* variables, and that the server can be reached.',
    cause: error,
  });
}

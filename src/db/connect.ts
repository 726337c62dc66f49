import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type LoggedIn, logIn, logInAgain, type Reached } from '../connection/login.js';
import { resolveTarget } from '../connection/resolve.js';
import { DrydockError } from '../errors.js';
import type { Cleanup } from './cleanup.js';
import { openSession } from './open-session.js';
import { noFurtherSession } from './pooler.js';
import { withRetry } from './retry.js';
import type { Session } from './session.js';
import { isRetryable, sqlState } from './sqlstate.js';
import type { Backends } from './watch.js';

/** Makes sessions to one database, all with the same settings and on the same server. */
export interface Connector {
  /** Opens a session that `cleanup` closes. */
  open(cleanup: Cleanup): Promise<Session>;
  /** Those that are open. */
  readonly sessions: ReadonlySet<Session>;
  /** Opens a connection only to cancel what another backend of ours is doing. */
  cancel(backendPids: readonly number[]): Promise<void>;
  /** The variables that give a program of libpq the same connection; while a session is open. */
  environment(): Readonly<Record<string, string>>;
}

/** For what may not hang when the network does: questions about other connections, and the first one of each. */
const ANSWER_WITHIN_MS = 15_000;

/** Where the server crashed, the sessions that were open learn of it by then. */
const SETTLES_WITHIN_MS = 300;

/**
 * `databaseUrl`, else DATABASE_URL, and what they leave open from the PG* variables, as psql does. A server that has no
 * connection left, or is just starting, is tried again until the signal comes.
 *
 * As long as one session is open, all others go to its server: of several hosts, or of several addresses of one name,
 * another one has neither its locks nor its snapshots.
 *
 * @throws DrydockError when the address cannot be understood or followed
 */
export function connector(databaseUrl: string | undefined, signal?: AbortSignal): Connector {
  const target = resolveTarget(databaseUrl ?? process.env.DATABASE_URL, process.env);
  const sessions = new Set<Session>();
  let reached: Reached | undefined;
  const openOnes = () => {
    for (const session of sessions) if (session.isOver) sessions.delete(session);
    return [...sessions];
  };
  /** True of every moment: a session that is open may write. */
  const state = () =>
    reached === undefined
      ? 'Nothing was written.'
      : 'Nothing was written over this connection; what was committed before over others is in the ledger.';
  const connect = async (further: pg.ClientConfig = {}): Promise<pg.Client> => {
    const known = openOnes().length > 0 ? reached : undefined;
    const options = { state: state(), further };
    const found: LoggedIn = await (known === undefined
      ? logIn(target, options)
      : logInAgain(target, known, options));
    reached = found.reached;
    return found.client;
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
  const openOne = async (): Promise<Session> => {
    const others = openOnes();
    let client: pg.Client | undefined;
    try {
      client = await connect();
      const session = await openSession(client, {
        backends,
        others: others.map(({ backend }) => backend),
        withinMs: ANSWER_WITHIN_MS,
        openOther: () => connect(),
      });
      sessions.add(session);
      return session;
    } catch (error) {
      client?.connection.stream.destroy();
      if (!isSilence(error)) throw error;
      await sleep(SETTLES_WITHIN_MS);
      throw unanswered(error, openOnes().length, state());
    }
  };
  return {
    sessions,
    async open(cleanup) {
      const session = await withRetry(openOne, {
        signal,
        retryable: (error) => isRetryable(error instanceof DrydockError ? error.cause : error),
      });
      cleanup.add(() => {
        sessions.delete(session);
        return session.close();
      });
      return session;
    },
    async cancel(backendPids) {
      if (backendPids.length === 0) return;
      await askOnce('select pg_catalog.pg_cancel_backend(pid) from pg_catalog.unnest($1::int[]) as pid', [
        backendPids,
      ]);
    },
    environment() {
      if (reached === undefined) throw new Error('no session is open');
      return target.environmentFor(reached.host);
    },
  };
}

/** The server, or what is before it, took the connection and then said nothing, or hung up. */
function isSilence(error: unknown): boolean {
  const cause = error instanceof DrydockError ? error.cause : error;
  return (
    cause instanceof Error &&
    (['ETIMEDOUT', 'ECONNRESET', 'EPIPE'].includes(sqlState(cause) ?? '') ||
      /^Query read timeout|^Connection terminated/.test(cause.message))
  );
}

function unanswered(error: unknown, open: number, state: string): unknown {
  const isLate = error instanceof Error && error.message === 'Query read timeout';
  const reason = isLate
    ? `the server took the login and answered nothing within ${ANSWER_WITHIN_MS / 1_000} s, as a pooler does that has no connection to its server left.`
    : error instanceof Error
      ? error.message
      : String(error);
  if (open > 0) return noFurtherSession(open, reason, error);
  if (error instanceof DrydockError) return error;
  return new DrydockError({
    code: 'cannot-connect',
    what: `No session could be opened: ${reason}`,
    state,
    next: 'Check the server and what is before it (a pooler, a proxy), then give the same command again.',
    cause: error,
  });
}

import type pg from 'pg';
import { DrydockError } from '../errors.js';
import { sqlState } from './sqlstate.js';

/** How long a pooler may take to find a server connection: a pool that has none left lets its clients wait. */
export const ANSWER_WITHIN_MS = 5_000;

/** A pool may hand its connections out in turn, or by chance, or to others: one look proves nothing. */
const ROUNDS = 4;

const CLOSE_WITHIN_MS = 500;

const STATE = 'Nothing was set, locked or written over this connection.';
const DIRECTLY = 'Connect to the server directly, or to the pooler in session mode.';

export function transactionPooler(state = STATE): DrydockError {
  return new DrydockError({
    code: 'transaction-pooler',
    what: 'The connection goes through a transaction pooler: statements of one session reach different backends.',
    state,
    next: DIRECTLY,
  });
}

/** Two sessions of ours have one backend, and nothing says that a pooler is between. */
export function sharedBackend(): DrydockError {
  return new DrydockError({
    code: 'single-session',
    what: 'Two connections reach one and the same session of the server: it has a single one (as PGlite has), or a transaction pooler is between.',
    state: STATE,
    next: 'Drydock needs several sessions at once. Connect to a PostgreSQL server directly.',
  });
}

/** @param open sessions of this command that are open */
export function noFurtherSession(open: number, reason: string, cause: unknown): DrydockError {
  const has = open === 1 ? 'one session' : `${open} sessions`;
  return new DrydockError({
    code: 'single-session',
    what: `Drydock has ${has} and gets no further one: ${reason}`,
    state: `${STATE} What was committed before over others is in the ledger.`,
    next: 'Drydock needs several sessions at once, as many as --concurrency and about five more. Let the server or the pool have them, or connect directly.',
    cause,
  });
}

async function ask(client: pg.Client, before = ''): Promise<number> {
  const text = `${before}select pg_catalog.pg_backend_pid() as pid`;
  const query = { text, query_timeout: ANSWER_WITHIN_MS } as pg.QueryConfig;
  const result: unknown = await client.query(query);
  const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<{ pid: number }>;
  return Number(last.rows[0]?.pid);
}

/**
 * Finds out whether a pooler keeps a server connection for each of its clients. Asks only, and sets nothing: behind a
 * transaction pooler the next client would find what we set.
 *
 * While a second connection holds a transaction, the first one must still have the backend that it had, and the second
 * one another. One connection alone proves nothing: an idle pool hands it the same backend each time. A pooler takes
 * either the connection that was given back last (then the second one gets the first one's), or the one that has
 * waited longest (then two looks of the first one differ), or any.
 *
 * @param openOther opens the second connection, which is closed again
 * @throws DrydockError unless it is in session mode
 */
export async function requireSessionMode(
  first: pg.Client,
  openOther: () => Promise<pg.Client>,
): Promise<void> {
  let other: pg.Client | undefined;
  try {
    other = await openOther();
    const seen = { first: new Set<number>(), other: new Set<number>() };
    const look = async (who: 'first' | 'other', client: pg.Client, before = '') => {
      seen[who].add(await ask(client, before));
      const isMixed = [...seen.first].some((pid) => seen.other.has(pid));
      if (isMixed || seen[who].size > 1) throw transactionPooler();
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await look('first', first);
      await look('first', first);
      await look('other', other, 'begin read only; ');
      await look('first', first);
      await other.query('rollback');
    }
  } catch (error) {
    throw judged(error);
  } finally {
    if (other !== undefined) await closed(other);
  }
}

/** A connection whose statement waits in the pooler does not end by itself. */
async function closed(client: pg.Client): Promise<void> {
  const giveUp = setTimeout(() => client.connection.stream.destroy(), CLOSE_WITHIN_MS);
  await client.query('rollback').catch(() => undefined);
  await client.end().catch(() => undefined);
  clearTimeout(giveUp);
}

function judged(error: unknown): unknown {
  if (error instanceof DrydockError && error.code === 'transaction-pooler') return error;
  const isLate = error instanceof Error && error.message === 'Query read timeout';
  if (isLate) {
    const reason = `its pooler had no second connection to the server within ${ANSWER_WITHIN_MS / 1_000} s.`;
    return noFurtherSession(1, reason, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new DrydockError({
    code: 'unknown-pooler',
    what: `The connection goes through a pooler, and a transaction over a second connection was refused, so that its mode cannot be found out${sqlState(error) === undefined ? '' : ` (SQLSTATE ${sqlState(error)})`}: ${reason.replace(/\.?$/, '.')}`,
    state: STATE,
    next: DIRECTLY,
    cause: error,
  });
}

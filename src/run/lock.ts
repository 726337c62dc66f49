import type { Cleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { lockLedger } from '../ledger/schema.js';
import type { Context } from './context.js';

/** First key of our advisory locks: `DRYD` in ASCII. */
const LOCK_CLASS = 0x44525944;

const LOCK_TIMEOUT = '55P03';

/**
 * Makes this process the only one that changes the schema's phases, until the clean-up. A second one is told who is at
 * it; not at once, for a process that was killed holds the lock until its backend has noticed.
 */
export async function lockOperator(context: Context, cleanup: Cleanup): Promise<void> {
  const session = await context.connector.open(cleanup);
  try {
    await session.query('select pg_advisory_lock($1::int, hashtext($2::text))', [LOCK_CLASS, context.schema]);
  } catch (error) {
    if (sqlState(error) === LOCK_TIMEOUT) await refuse(session, context.schema);
    throw error;
  }
  // A killed predecessor's transaction may be making the tables still: what it commits has to be seen.
  await withRetry(() => session.transaction(() => lockLedger(session)), { signal: context.signal });
}

async function refuse(session: Session, schema: string): Promise<never> {
  const [holder] = await session.query(
    `select a.usename as who, coalesce(a.client_addr::text, 'a local socket') as whence, a.backend_start::timestamp(0)::text as since, a.pid::text as pid
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1::text::oid and l.objid = ((hashtext($2::text)::bigint + 4294967296) % 4294967296)::text::oid`,
    [LOCK_CLASS, schema],
  );
  const who =
    holder === undefined
      ? 'another process'
      : `user "${holder.who}" from ${holder.whence} (backend ${holder.pid}), since ${holder.since} UTC`;
  throw new DrydockError({
    code: 'already-running',
    what: `Drydock is already at work on schema "${schema}": ${who}.`,
    next: 'Wait for it, or stop it; drydock status shows what it has done.',
  });
}

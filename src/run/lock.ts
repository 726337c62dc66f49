import type { Cleanup } from '../db/cleanup.js';
import { DrydockError } from '../errors.js';
import type { Context } from './context.js';

/** First key of our advisory locks: `DRYD` in ASCII. */
const LOCK_CLASS = 0x44525944;

/** Makes this process the only one that changes the schema's phases, until the clean-up. A second one is told who is at it. */
export async function lockOperator(context: Context, cleanup: Cleanup): Promise<void> {
  const session = await context.connector.open(cleanup);
  const { got } = await session.one('select pg_try_advisory_lock($1::int, hashtext($2::text))::text as got', [
    LOCK_CLASS,
    context.schema,
  ]);
  if (got === 'true') return;
  const [holder] = await session.query(
    `select a.usename as who, coalesce(a.client_addr::text, 'a local socket') as whence, a.backend_start::timestamp(0)::text as since, a.pid::text as pid
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.classid = $1::text::oid and l.objid = ((hashtext($2::text)::bigint + 4294967296) % 4294967296)::text::oid`,
    [LOCK_CLASS, context.schema],
  );
  const who =
    holder === undefined
      ? 'another process'
      : `user "${holder.who}" from ${holder.whence} (backend ${holder.pid}), since ${holder.since} UTC`;
  throw new DrydockError({
    code: 'already-running',
    what: `Drydock is already at work on schema "${context.schema}": ${who}.`,
    next: 'Wait for it, or stop it; drydock status shows what it has done.',
  });
}

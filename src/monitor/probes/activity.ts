import type { TextRow } from '../../db/session.js';
import type { Client, LockWait } from '../../reports/monitor.js';
import { ASK_FOR_MONITOR, numberOr, type ProbeContext } from './probe.js';

/** A session's columns. Its statement is left out: it may hold row data, or a password. */
const CLIENT = `a.pid::text as pid, a.usename as usename, a.application_name as application, a.state as state,
  extract(epoch from clock_timestamp() - a.xact_start) as xact`;

/** Locks that are listed at most. */
const MOST_WAITS = 20;

/**
 * Who waits for a lock, for how long, and who is in the way. `pg_blocking_pids` takes the lock manager's own locks for
 * a moment: it is called for those that wait, and for no others.
 */
const WAITS = `
select ${CLIENT}, l.mode, extract(epoch from clock_timestamp() - l.waitstart) as waits,
  case when l.relation is not null and l.database = (select oid from pg_database where datname = current_database())
    then coalesce((select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = l.relation), 'a relation')
    else l.locktype end as object,
  array_to_string(pg_blocking_pids(l.pid), ' ') as blockers
from pg_locks l left join pg_stat_activity a on a.pid = l.pid
where not l.granted
order by l.waitstart nulls last, l.pid limit ${MOST_WAITS}`;

export async function readLocks({ session }: ProbeContext): Promise<LockWait[]> {
  const waits = await session.query(WAITS);
  const pids = [...new Set(waits.flatMap(blockersOf))];
  const holders = new Map<number, Client>();
  if (pids.length > 0) {
    const rows = await session.query(
      `select ${CLIENT} from pg_stat_activity a where a.pid = any (string_to_array($1::text, ' ')::int[])`,
      [pids.join(' ')],
    );
    for (const row of rows) holders.set(Number(row.pid), clientOf(row));
  }
  return waits.map((row) => ({
    waiter: clientOf(row),
    seconds: numberOr(row.waits, null),
    mode: String(row.mode),
    object: String(row.object),
    heldBy: blockersOf(row).map((pid) => holders.get(pid) ?? { ...NOBODY, pid }),
  }));
}

/** The oldest open transaction of a client, and how many are prepared and wait for their end. */
export async function readTransactions(
  context: ProbeContext,
): Promise<{ longest: Client | null; prepared: number }> {
  const { session, seesStats, tell } = context;
  const [longest] = await session.query(
    `select ${CLIENT} from pg_stat_activity a
     where a.xact_start is not null and a.pid <> pg_backend_pid()
       and (a.backend_type is null or a.backend_type = 'client backend')
     order by a.xact_start limit 1`,
  );
  const [prepared] = await session.query(
    `select gid, owner as usename, extract(epoch from clock_timestamp() - prepared) as xact, count(*) over () as prepared
     from pg_prepared_xacts order by prepared limit 1`,
  );
  if (!seesStats) {
    tell({
      figure: 'transactions',
      why: "the user sees only its own sessions' transactions",
      next: ASK_FOR_MONITOR,
    });
  }
  const candidates: Client[] = [
    ...(longest === undefined ? [] : [clientOf(longest)]),
    ...(prepared === undefined
      ? []
      : [
          {
            ...NOBODY,
            user: prepared.usename ?? null,
            application: `prepared transaction ${prepared.gid}`,
            transactionSeconds: Number(prepared.xact),
          },
        ]),
  ];
  candidates.sort((a, b) => (b.transactionSeconds ?? 0) - (a.transactionSeconds ?? 0));
  return { longest: candidates[0] ?? null, prepared: numberOr(prepared?.prepared, 0) };
}

/** Every user may see how many sessions each database has. */
export async function readConnections({ session }: ProbeContext): Promise<{ used: number; max: number }> {
  const row = await session.one(
    `select sum(numbackends) as used, current_setting('max_connections') as max from pg_stat_database`,
  );
  return { used: Number(row.used), max: Number(row.max) };
}

const NOBODY: Client = { pid: 0, user: null, application: null, state: null, transactionSeconds: null };

function clientOf(row: TextRow): Client {
  return {
    pid: numberOr(row.pid, 0),
    user: row.usename ?? null,
    application: row.application ?? null,
    state: row.state ?? null,
    transactionSeconds: numberOr(row.xact, null),
  };
}

function blockersOf({ blockers }: TextRow): number[] {
  return (blockers ?? '').split(' ').filter(Boolean).map(Number);
}

import type { Session } from '../../db/session.js';
import type { CutoverFinding } from '../../reports/cutover.js';
import { type Check, stops, warned } from './findings.js';

/**
 * Prepared transactions keep their locks until somebody ends them: no wait helps. Which locks are theirs is told by the
 * one on their own number: they keep the virtual number of their session, and have another one after a restart.
 */
export const preparedTransactions: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select x.gid, x.owner, x.prepared::timestamptz(0)::text as since, exists (
       select from pg_locks t join pg_locks l on l.virtualtransaction = t.virtualtransaction and l.pid is null
       where t.transactionid = x.transaction and t.pid is null and t.granted and l.relation = any ($1::text::oid[])
     )::text as in_the_way
     from pg_prepared_xacts x where x.database = current_database() order by 1`,
    [oids],
  );
  return rows.map((row) =>
    row.in_the_way === 'true'
      ? stops(
          'prepared-transaction',
          String(row.gid),
          `This prepared transaction of ${row.owner}, of ${row.since}, holds a lock on the tables.`,
          'Commit it or roll it back: commit prepared, rollback prepared.',
        )
      : warned(
          'prepared-transaction',
          String(row.gid),
          `This prepared transaction of ${row.owner} is open since ${row.since}; it has touched none of the tables.`,
          'Nothing, unless it is forgotten.',
        ),
  );
};

/** Transactions that are open for long: the swap waits for those that have touched the tables. */
export const longTransactions: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select a.pid::text as pid, a.usename as who, a.application_name as application,
       extract(epoch from clock_timestamp() - a.xact_start)::int::text as seconds,
       exists (select from pg_locks l where l.pid = a.pid and l.relation = any ($1::text::oid[]))::text as in_the_way
     from pg_stat_activity a
     where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - interval '5 s'
       and a.backend_type = 'client backend' order by a.xact_start`,
    [oids],
  );
  return rows.map((row) =>
    warned(
      'long-transaction',
      `backend ${row.pid}`,
      `A transaction of ${row.who} (${row.application}) is open for ${row.seconds} s` +
        (row.in_the_way === 'true'
          ? ' and has touched the tables: the swap waits for it.'
          : '; it has not touched the tables.'),
      row.in_the_way === 'true' ? 'End it, or wait until it ends.' : '',
    ),
  );
};

/**
 * Whoever reads with a snapshot older than the loading of the unified tables sees them without those rows: a snapshot
 * does not follow. Backends, replication slots and standbys that say so are named. The views are made when all is
 * loaded, by a transaction that their entries in the ledger bear.
 */
export async function olderSnapshots(session: Session, phaseId: number): Promise<CutoverFinding[]> {
  const rows = await session.query(
    `with loaded as (
       select min(age(o.xmin)) as age from drydock.objects o where o.phase_id = $1::int and o.kind = 'view'
     )
     select h.name, h.what from loaded, (
       select 'backend ' || a.pid as name, format('a transaction of %s (%s), open since %s', a.usename, a.application_name, a.xact_start::timestamptz(0)) as what, a.backend_xmin as xmin
       from pg_stat_activity a where a.pid <> pg_backend_pid() and a.datname = current_database()
       union all
       select 'slot ' || s.slot_name, 'a replication slot (a standby that reads, perhaps)', s.xmin from pg_replication_slots s
       union all
       select 'standby ' || r.application_name, 'a standby whose readers hold an old snapshot', r.backend_xmin from pg_stat_replication r
     ) h
     where h.xmin is not null and age(h.xmin) >= loaded.age order by 1`,
    [phaseId],
  );
  return rows.map((row) =>
    stops(
      'older-snapshot',
      String(row.name),
      `It is ${row.what}, and its snapshot is older than the last batch: it would read the unified tables without those rows.`,
      'Wait until it ends, or end it.',
    ),
  );
}

/** Without this role the transactions of others do not show how old their snapshots are. */
export const sight: Check = async ({ session }) => {
  const { sees } = await session.one(
    `select pg_has_role(current_user, 'pg_read_all_stats', 'usage')::text as sees`,
  );
  return sees === 'true'
    ? []
    : [
        warned(
          'blind',
          'pg_stat_activity',
          'The user may not see the transactions of other users: older snapshots and blockers cannot be named.',
          'grant pg_read_all_stats to the user.',
        ),
      ];
};

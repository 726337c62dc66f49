import type { Sample } from '../../reports/monitor.js';
import { numberOr, type ProbeContext } from './probe.js';

/** Tables that are listed at most. */
const MOST_TABLES = 10;

export async function readCache({ session }: ProbeContext): Promise<NonNullable<Sample['cache']>> {
  const row = await session.one(
    'select blks_hit as hits, blks_read as reads from pg_stat_database where datname = current_database()',
  );
  return { hits: Number(row.hits), reads: Number(row.reads) };
}

/** Tables with the most dead rows, of the schema and of our ledger. */
export async function readTables({ session, schema }: ProbeContext): Promise<NonNullable<Sample['tables']>> {
  const rows = await session.query(
    `select case when schemaname = $1::text then relname else schemaname || '.' || relname end as name,
       n_live_tup as live, n_dead_tup as dead,
       greatest(last_vacuum, last_autovacuum)::timestamptz(0)::text as vacuum
     from pg_stat_all_tables where schemaname in ($1::text, 'drydock', 'drydock_legacy') and n_dead_tup > 0
     order by n_dead_tup desc, relname limit ${MOST_TABLES}`,
    [schema],
  );
  return rows.map(({ name, live, dead, vacuum }) => ({
    table: String(name),
    live: Number(live),
    dead: Number(dead),
    lastVacuum: vacuum ?? null,
  }));
}

/** Where the log is, how large it is, and what replication slots keep of it. */
export async function readWal(context: ProbeContext): Promise<NonNullable<Sample['wal']>> {
  const { session, inRecovery, version } = context;
  const here = inRecovery ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_lsn()';
  const { position } = await session.one(`select ${here} - '0/0'::pg_lsn as position`);
  const slots = await session.query(
    `select slot_name, active::text as active, ${here} - restart_lsn as retained, wal_status
     from pg_replication_slots ${version >= 170_000 ? 'where not temporary' : ''} order by slot_name`,
  );
  return {
    position: Number(position),
    directoryBytes: await walDirectory(context),
    slots: slots.map((slot) => ({
      name: String(slot.slot_name),
      active: slot.active === 'true',
      retainedBytes: numberOr(slot.retained, null),
      walStatus: slot.wal_status ?? null,
    })),
  };
}

async function walDirectory({ session, tell }: ProbeContext): Promise<number | null> {
  const { may } = await session.one(
    `select has_function_privilege('pg_ls_waldir()', 'execute')::text as may`,
  );
  if (may === 'true') {
    return Number((await session.one('select coalesce(sum(size), 0) as bytes from pg_ls_waldir()')).bytes);
  }
  tell({
    figure: 'wal',
    why: 'the user may not list the directory of the log',
    next: 'Grant the user the role pg_monitor.',
  });
  return null;
}

export async function readReplicas(context: ProbeContext): Promise<Sample['replicas']> {
  const { session, inRecovery, seesStats, tell } = context;
  const here = inRecovery ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_lsn()';
  const rows = await session.query(
    `select application_name, extract(epoch from replay_lag) as seconds, ${here} - replay_lsn as bytes
     from pg_stat_replication order by application_name, pid`,
  );
  if (!seesStats && rows.length > 0) {
    tell({
      figure: 'replicas',
      why: 'the user may not see how far replicas are',
      next: 'Grant the user the role pg_monitor.',
    });
  }
  return rows.map((row) => ({
    name: String(row.application_name),
    // The server gives no lag for a replica that has nothing to catch up with, and no place for one that told none yet.
    lagSeconds: seesStats ? numberOr(row.seconds, row.bytes === '0' ? 0 : null) : null,
    lagBytes: numberOr(row.bytes, null),
  }));
}

import { literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { own } from '../ledger/objects.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import type { MaterializedView } from '../project/derived.js';
import { signalOf } from './signals.js';
import { functionName } from './triggers.js';

/**
 * The one place that knows how a view is refreshed, and when it need not be: a function in the database, because a job
 * of pg_cron has nothing else to call.
 *
 * A view is as its tables are when no statement was counted since it was refreshed, and when nobody was writing to
 * them at that moment: a statement is counted before its transaction commits. Both are looked at before the refresh
 * takes its snapshot, so what happens in between means one refresh too many, never one too few.
 */
const REFRESH_PURPOSE = 'refresh_view';

function body(phaseId: number, schema: string): string {
  return `
declare
  known drydock.refreshes;
  seen_now bigint[];
  writers_now boolean;
  started timestamptz := clock_timestamp();
  populated boolean;
begin
  select r.* into strict known from drydock.refreshes r where r.phase_id = ${phaseId} and r.view_name = $1 for update;
  seen_now := (select array_agg(coalesce(pg_sequence_last_value(s.id), 0) order by s.at) from unnest(known.signals) with ordinality s (id, at));
  writers_now := exists (
    select from pg_locks l
    where l.locktype = 'relation' and l.database = (select oid from pg_database where datname = current_database())
      and l.relation = any (known.tables) and l.pid is distinct from pg_backend_pid()
      and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'));
  if not $2 and known.refreshed_at is not null and known.seen = seen_now and not known.writers then
    return false;
  end if;
  select c.relispopulated into strict populated
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = ${literal(schema)} and c.relname = $1 and c.relkind = 'm';
  -- Before the refresh takes its snapshot: one from before a rewrite shows no rows, and it would store that.
  execute (
    select 'lock table ' || string_agg(distinct b.refobjid::regclass::text, ', ') || ' in access share mode'
    from pg_rewrite w join pg_depend b on b.classid = 'pg_rewrite'::regclass and b.objid = w.oid
    join pg_class r on r.oid = b.refobjid and b.refclassid = 'pg_class'::regclass and r.relkind in ('r', 'p', 'v')
    where w.ev_class = (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${literal(schema)} and c.relname = $1 and c.relkind = 'm'));
  execute format('refresh materialized view %s %I.%I', case when populated then 'concurrently' else '' end, ${literal(schema)}, $1);
  update drydock.refreshes
  set refreshed_at = started, seen = seen_now, writers = writers_now,
    seconds = extract(epoch from clock_timestamp() - started)
  where phase_id = ${phaseId} and view_name = $1;
  return true;
end`;
}

/** Makes the function; in a transaction of the caller's. */
export async function createRefreshFunction(
  session: Session,
  phaseId: number,
  schema: string,
): Promise<void> {
  const name = functionName(REFRESH_PURPOSE, schema);
  await session.execute(
    `create function ${qualified(LEDGER_SCHEMA, name)}(wanted_view text, forced boolean) returns boolean language plpgsql
     set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as ${literal(body(phaseId, schema))}`,
  );
  await own(session, phaseId, 'function', LEDGER_SCHEMA, name);
}

/** A statement that refreshes the view $1 unless nothing changed, or ($2) all the same; gives whether it did. */
export function refreshStatement(schema: string): string {
  const name = qualified(LEDGER_SCHEMA, functionName(REFRESH_PURPOSE, schema));
  return `select ${name}($1::text, $2::boolean)::text as refreshed`;
}

/** Makes a view, empty, with its unique index, and enters what its changes are known by. */
export async function createMaterializedView(
  session: Session,
  phaseId: number,
  schema: string,
  { name, query, key, bases }: MaterializedView,
): Promise<void> {
  const view = qualified(schema, name);
  await session.execute(`create materialized view ${view} as ${query} with no data`);
  await own(session, phaseId, 'materialized view', schema, name);
  const index = `${name}_key`;
  await session.execute(
    `create unique index "${index}" on ${view} (${key.map((column) => `"${column}"`).join(', ')})`,
  );
  await own(session, phaseId, 'index', schema, index);
  const oids = (names: readonly string[] | undefined) =>
    names === undefined ? null : `{${names.map((one) => JSON.stringify(one)).join(',')}}`;
  await session.execute(
    `insert into drydock.refreshes (phase_id, view_name, tables, signals)
     values ($1::int, $2::text, $3::text[]::regclass[]::oid[], $4::text[]::regclass[]::oid[])`,
    [
      phaseId,
      name,
      oids(bases?.map((table) => qualified(schema, table))),
      oids(bases?.map((table) => signalOf(schema, table))),
    ],
  );
}

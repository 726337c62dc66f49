import { SHAPE_A } from '../../fixtures/mixture.js';
import { run } from '../../src/index.js';
import { cutOver } from '../cutover/at-sea.js';
import type { TestDatabase } from '../support/database.js';
import { PHASES } from '../support/phases.js';
import { prepared } from '../support/prepared.js';

/** How far the original was when the copy was made. */
export type Progress = 'half loaded' | 'in sync' | 'one phase cut over' | 'both phases cut over';

const SMALL = { mixture: SHAPE_A, submissions: 40, oddShare: 0.05 } as const;

/** A database that got so far, with all three phases where they are loaded. */
export async function gotTo(progress: Progress): Promise<TestDatabase> {
  if (progress === 'half loaded') {
    const database = await prepared(SMALL);
    const stop = new AbortController();
    const stopped = run({
      databaseUrl: database.url,
      batchSize: 10,
      concurrency: 1,
      maxRate: 100,
      signal: stop.signal,
      onProgress: ({ type }) => type === 'batch' && stop.abort(),
    });
    await stopped.catch((error: { code?: string }) => {
      if (error.code !== 'stopped') throw error;
    });
    return database;
  }
  const database = await prepared({ ...SMALL, run: { batchSize: 100, phases: PHASES } });
  if (progress === 'one phase cut over') await cutOver(database, ['opportunities']);
  if (progress === 'both phases cut over') await cutOver(database);
  return database;
}

/** By how much the oids of the original are others than those of its copy. */
const APART = 100_000_000;

/**
 * Makes of a database what dump and restore make of it, on every server and without their tools: the ledger remembers
 * oids that are nobody's, and the triggers of capture work by the oids that their tables had. `restored.test.ts` holds
 * it against the tools themselves.
 */
export async function strand(database: TestDatabase): Promise<void> {
  await database.query(`do $$
    declare f record; renamed text; definition text;
    begin
      for f in select distinct c.function_name, c.table_oid from drydock.captures c loop
        renamed := regexp_replace(f.function_name, '\\d+$', (f.table_oid::bigint + ${APART})::text);
        execute format('alter function drydock.%I() rename to %I', f.function_name, renamed);
        definition := replace(pg_get_functiondef(format('drydock.%I()', renamed)::regprocedure), quote_literal(f.table_oid), quote_literal(f.table_oid::bigint + ${APART}));
        execute definition;
        update drydock.captures set table_oid = (f.table_oid::bigint + ${APART})::oid, function_name = renamed where function_name = f.function_name;
      end loop;
      update drydock.objects set oid = (oid::bigint + ${APART})::oid where oid <> 0;
      update drydock.moved_tables set oid = (oid::bigint + ${APART})::oid, view_oid = (view_oid::bigint + ${APART})::oid;
      update drydock.refreshes set tables = (select array_agg((t::bigint + ${APART})::oid) from unnest(tables) t),
        signals = (select array_agg((s::bigint + ${APART})::oid) from unnest(signals) s);
      update drydock.home set database_name = 'the original', database_oid = (database_oid::bigint + ${APART})::oid;
    end $$`);
}

/** What of a ledger is bound to oids, and whether the triggers are there: the same before and after a command that failed. */
export async function bindings(database: TestDatabase): Promise<unknown> {
  const { rows } = await database.query(
    `select (select md5(string_agg(concat_ws(',', kind, name, oid, owner, md5(definition)), ';' order by phase_id, kind, name)) from drydock.objects) as objects,
       (select string_agg(concat_ws(',', phase_id, source, table_oid, function_name), ';' order by phase_id, source) from drydock.captures) as captures,
       (select string_agg(concat_ws(',', table_name, oid, view_oid), ';' order by table_name) from drydock.moved_tables) as moved,
       (select string_agg(concat_ws(',', view_name, tables::text, signals::text, writers), ';' order by view_name) from drydock.refreshes) as refreshes,
       (select database_name from drydock.home) as home,
       (select string_agg(concat_ws(',', t.tgrelid::regclass, t.tgname, t.tgenabled, t.tgfoid::regproc), ';' order by t.tgrelid, t.tgname)
        from pg_trigger t where not t.tgisinternal and t.tgname like 'drydock%') as triggers`,
  );
  return rows[0];
}

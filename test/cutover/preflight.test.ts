import { expect, test } from 'vitest';
import { cutover, sync } from '../../src/index.js';
import { rollback, run } from '../support/unifying.js';
import { inHarbour } from './at-sea.js';

test('everything that hangs on the tables is named, and what it means for it', async () => {
  const database = await inHarbour('B');
  const databaseUrl = database.url;
  await database.query(
    `create view seen as select * from opportunities;
     create materialized view stored as select count(*) from app_opportunities;
     create function by_name() returns bigint language sql as 'select count(*) from opportunities';
     create function empties() returns void language plpgsql as $$ begin truncate table public.opportunities cascade; end $$;
     create function copies() returns void language plpgsql as $$ begin execute 'x'; copy opportunities from '/nowhere'; end $$;
     create function parsed() returns bigint begin atomic select count(*) from opportunities; end;
     create function full_title(opportunities) returns text language sql as 'select $1.app_name';
     create publication news for table workflow_results;
     create rule quiet as on delete to workflow_results do also select 1;
     create sequence opportunities_number owned by opportunities.core_function_count;
     create function asks() returns trigger language plpgsql as $$ begin raise notice '%', tg_table_schema; return null; end $$;
     create trigger asked after insert on opportunities execute function asks();
     create schema drydock_legacy`,
  );
  await sync({ databaseUrl });
  const { phases, dryRun } = await cutover({ databaseUrl, dryRun: true, phases: ['opportunities'] });
  expect(dryRun).toBe(true);
  expect(phases).toMatchObject([{ outcome: 'refused', swap: null }]);
  const told = new Map(
    (phases[0]?.findings ?? []).map(({ code, object, verdict }) => [
      `${code} ${object.replaceAll('public.', '')}`,
      verdict,
    ]),
  );
  const expected = {
    'view seen': 'carried',
    'materialized-view stored': 'carried',
    'function by_name()': 'carried',
    'function parsed()': 'carried',
    'function-statement empties()': 'warned',
    'function-statement copies()': 'warned',
    'row-type-function full_title(opportunities)': 'stops',
    'publication news': 'stops',
    'rule workflow_results.quiet': 'stops',
    'sequence opportunities_number': 'warned',
    'trigger opportunities.asked': 'warned',
    'schema drydock_legacy': 'stops',
    'backup opportunities': 'stops',
    'foreign-key competitive_landscape.competitive_landscape_opportunity_id_fkey': 'carried',
  };
  expect(Object.fromEntries([...told].filter(([name]) => name in expected))).toEqual(expected);
  await expect(
    cutover({ databaseUrl, phases: ['opportunities'] }).then((report) => report.phases[0]?.outcome),
  ).resolves.toBe('refused');
  expect(
    (await database.query(`select relkind from pg_class where oid = 'opportunities'::regclass`)).rows,
  ).toEqual([{ relkind: 'r' }]);
});

test('a snapshot older than the loading, a table that does not report, changes that wait', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await rollback({ databaseUrl });
  const old = await database.client();
  // While the batches are loaded: its snapshot is older than what comes of them.
  let opened: Promise<unknown> | undefined;
  await run({
    databaseUrl,
    batchSize: 200,
    phases: ['opportunities'],
    onProgress: (event) => {
      if (event.type !== 'step' || event.step !== 'load') return;
      opened ??= old.query(
        `set application_name = 'an old reader'; begin isolation level repeatable read; select 1`,
      );
    },
  });
  await opened;
  await sync({ databaseUrl });
  const waited = await cutover({ databaseUrl, phases: ['opportunities'], noBackup: true, patience: 1 });
  expect(waited.phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
    { code: 'older-snapshot', why: expect.stringContaining('an old reader') },
  ]);
  await old.query('commit');
  await database.query('drop trigger drydock_capture_update on workflow_results');
  const silent = await cutover({ databaseUrl, phases: ['opportunities'], noBackup: true, patience: 1 });
  expect(silent.phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
    { code: 'capture' },
  ]);
});

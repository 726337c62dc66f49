import { expect, onTestFinished, test } from 'vitest';
import { LEGACY } from '../../src/cutover/legacy-schema.js';
import { FUNCTIONS } from '../../src/cutover/reverse/functions-schema.js';
import { cutover, sync } from '../../src/index.js';
import { asAdmin, quoted } from '../support/admin.js';
import { createRole } from '../support/role.js';
import { rollback, run } from '../support/unifying.js';
import { needsServer } from '../support/version.js';
import { cutOver, inHarbour } from './at-sea.js';

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

test('a prepared transaction that holds a table stops it; one that holds others does not', async ({
  skip,
}) => {
  const database = await inHarbour('B');
  const { rows } = await database.query('show max_prepared_transactions');
  skip(rows[0]?.max_prepared_transactions === '0', 'the server takes no prepared transactions');
  const databaseUrl = database.url;
  const client = await database.client();
  await client.query(`begin; select from workflow_results; prepare transaction 'of_${database.name}'`);
  await client.query(`begin; create table other (); prepare transaction 'beside_${database.name}'`);
  onTestFinished(async () => {
    await client.query(`rollback prepared 'of_${database.name}'`);
    await client.query(`rollback prepared 'beside_${database.name}'`);
  });
  const { phases } = await cutover({ databaseUrl, phases: ['opportunities'], noBackup: true, dryRun: true });
  const told = phases[0]?.findings.filter(({ code }) => code === 'prepared-transaction') ?? [];
  expect(Object.fromEntries(told.map(({ object, verdict }) => [object, verdict]))).toEqual({
    [`of_${database.name}`]: 'stops',
    [`beside_${database.name}`]: 'warned',
  });
});

test('a member that may not become the owner is told before anything is swapped', async () => {
  needsServer(16, 'memberships without the option to become the role');
  const database = await inHarbour('B');
  const role = await createRole(database);
  const owner = quoted(`${database.name}_owner`.slice(-63));
  await asAdmin((admin) =>
    admin.query(`create role ${owner}; grant ${owner} to ${role.name} with inherit true, set false`),
  );
  onTestFinished(async () => {
    await database.query(`reassign owned by ${owner} to current_user; drop owned by ${owner} cascade`);
    await asAdmin((admin) => admin.query(`drop role ${owner}`));
  });
  await rollback({ databaseUrl: database.url });
  const { rows } = await database.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) await database.query(`alter table ${name} owner to ${owner}`);
  await database.query(
    `grant create on database ${quoted(database.name)} to ${role.name}; grant usage, create on schema public to ${role.name}, ${owner}`,
  );
  await run({ databaseUrl: role.url });
  const refusals = async () =>
    (
      await cutover({ databaseUrl: role.url, phases: ['opportunities'], noBackup: true, dryRun: true })
    ).phases.flatMap(({ findings }) =>
      findings.filter(({ verdict }) => verdict === 'stops').map(({ code, next }) => `${code}: ${next}`),
    );
  const grant = `grant ${owner} to ${role.name} with set true`;
  expect(await refusals()).toEqual(
    // The three tables, and the submissions, which direct writes look into.
    Array.from({ length: 4 }, () => `owner: ${grant}, or connect as a superuser.`),
  );
  await asAdmin((admin) => admin.query(grant));
  expect(await refusals()).toEqual([]);
  await database.query(
    `alter table submissions owner to current_user; grant all on submissions to ${role.name}`,
  );
  // Of a superuser's table we look ourselves.
  expect(await refusals()).toEqual([]);
  await database.query(
    `alter table submissions owner to ${owner}; revoke select on submissions from ${owner}`,
  );
  expect(await refusals()).toEqual([`owner: grant select on public.submissions to ${owner}`]);
});

test.each([LEGACY, FUNCTIONS])(
  'a schema $name that somebody made before, with our comment, is none of ours',
  async ({ name, marker }) => {
    const database = await inHarbour('B');
    const role = await createRole(database);
    await database.query(
      `create schema ${name} authorization ${role.name}; comment on schema ${name} is '${marker}'`,
    );
    const { phases } = await cutOver(database, ['opportunities']);
    expect(phases).toMatchObject([{ outcome: 'refused' }]);
    expect(phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
      { code: 'schema', object: name },
    ]);
  },
);

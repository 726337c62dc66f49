import { expect, test } from 'vitest';
import { mixtureOf, SHAPE_A } from '../../fixtures/mixture.js';
import * as everything from '../../src/index.js';
import { verify } from '../../src/index.js';
import { fill, hashes } from '../fixtures/filled.js';
import { catalogOf } from '../support/catalog.js';
import { createTestDatabase } from '../support/database.js';
import { type Contents, prepared } from '../support/prepared.js';
import { createRole } from '../support/role.js';
import { rollback, run, status } from '../support/unifying.js';

const LEGACY: Contents = { mixture: mixtureOf({}), submissions: 80, oddShare: 0 };
const UNIFIED: Contents = { ...LEGACY, run: { batchSize: 200 } };

test.each([
  ['A', SHAPE_A],
  ['B', LEGACY.mixture],
])('after a rollback the database is as it was before the run, shape %s', async (_name, mixture) => {
  const database = await prepared({ ...LEGACY, mixture });
  // As Supabase does it: whatever is made can be used by others.
  const role = await createRole(database);
  for (const what of ['all on tables', 'all on sequences', 'usage on schemas'])
    await database.query(`alter default privileges grant ${what} to ${role.name}, public`);
  const before = { catalog: await catalogOf(database), rows: await hashes(database, 'public') };
  await everything.run({ databaseUrl: database.url });
  const { rows: readable } = await database.query(
    `select relname from pg_class c join pg_namespace n on n.oid = relnamespace
      where (nspname = 'drydock' and has_schema_privilege($1, n.oid, 'usage'))
         or ((obj_description(c.oid, 'pg_class') = 'Made by Drydock' or nspname = 'drydock')
             and relkind in ('r', 'v', 'm', 'S') and has_table_privilege($1, c.oid, 'select, insert, update, delete'))
     union all
     select proname from pg_proc p join pg_namespace n on n.oid = pronamespace
      where nspname = 'drydock' and has_function_privilege($1, p.oid, 'execute')`,
    [role.name.replaceAll('"', '')],
  );
  expect(readable).toEqual([]);

  const report = await everything.rollback({ databaseUrl: database.url });
  expect(report.phases.map(({ phase, dropped }) => [phase, dropped.length])).toEqual([
    ['enhancements', 27],
    ['assessments', 5 + 3],
    ['opportunities', 6 + 4],
  ]);
  expect({ catalog: await catalogOf(database), rows: await hashes(database, 'public') }).toEqual(before);
  // Again there is nothing to drop; and a run begins anew.
  expect((await rollback({ databaseUrl: database.url })).phases.flatMap(({ dropped }) => dropped)).toEqual(
    [],
  );
  expect(await run({ databaseUrl: database.url, phases: ['opportunities'] })).toMatchObject({
    outcome: 'done',
  });
});

test('one phase alone: the later one goes first, and the ledger stays for the other', async () => {
  const database = await prepared(LEGACY);
  await run({ databaseUrl: database.url, phases: ['opportunities'] });
  const before = await catalogOf(database);
  await run({ databaseUrl: database.url });
  const between = await catalogOf(database);
  await expect(rollback({ databaseUrl: database.url, phases: ['opportunities'] })).rejects.toMatchObject({
    code: 'phase-order',
  });
  expect(await catalogOf(database)).toEqual(between);
  await rollback({ databaseUrl: database.url, phases: ['assessments'] });
  expect(await catalogOf(database)).toEqual(before);
  const { phases } = await status({ databaseUrl: database.url });
  expect(phases.map(({ state }) => state)).toEqual(['verified', 'new']);
  expect(await run({ databaseUrl: database.url })).toMatchObject({ outcome: 'done' });
});

test.each([
  ['a view on a table of ours', 'create view public.mine as select id from public.opportunities_unified'],
  ['a view on a view of ours', 'create view public.mine as select * from public.app_opportunities_legacy'],
  ['a foreign key', 'create table public.mine (id uuid references public.opportunities_unified)'],
  ['a view on the ledger', 'create view public.mine as select number, status from drydock.batches'],
  ['a table in the schema of the ledger', 'create table drydock.mine (id int)'],
])('what somebody built on it is not dropped with it: %s', async (_name, sql) => {
  const database = await prepared(UNIFIED);
  await database.query(sql);
  const before = await catalogOf(database);
  await expect(rollback({ databaseUrl: database.url })).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('mine'),
    exitStatus: 2,
  });
  expect(await catalogOf(database)).toEqual(before);
});

test('what bears the name of a thing of ours, and is none, is left alone', async () => {
  const database = await prepared(UNIFIED);
  await database.query(`
    drop view public.score_components_legacy;
    create table public.score_components_legacy (id int);
    insert into public.score_components_legacy values (1);
    drop table public.opportunity_assessment_records cascade;
    create table public.opportunity_assessment_records (id int)`);
  const { phases } = await rollback({ databaseUrl: database.url });
  expect(phases.flatMap(({ dropped }) => dropped).join()).not.toMatch(/score_components_legacy|records/);
  const { rows } = await database.query('select * from public.score_components_legacy');
  expect(rows).toEqual([{ id: 1 }]);
  await database.query('select from public.opportunity_assessment_records');
});

test('of a run that was never finished', async () => {
  const database = await prepared(LEGACY);
  const before = await catalogOf(database);
  await run({ databaseUrl: database.url, batchSize: 50, batches: { from: 1, to: 2 } });
  await rollback({ databaseUrl: database.url });
  expect(await catalogOf(database)).toEqual(before);
});

test('two schemas of one database share the ledger, and nothing else', async () => {
  const one = mixtureOf({ schema: 'one' });
  const two = { ...SHAPE_A, schema: 'two', appSchema: 'two' };
  const database = await createTestDatabase('schemas');
  for (const mixture of [one, two]) await fill(database, { mixture, submissions: 30, oddShare: 0 });
  const options = (schema: string) => ({ databaseUrl: database.url, schema });
  const before = await catalogOf(database);
  await run(options('two'));
  const between = await catalogOf(database);
  await run(options('one'));
  await rollback(options('one'));
  expect(await catalogOf(database)).toEqual(between);
  expect(await verify(options('two'))).toMatchObject({ equal: true });
  await rollback(options('two'));
  expect(await catalogOf(database)).toEqual(before);

  // At the same time, from nothing.
  const reports = await Promise.all([run(options('one')), run(options('two'))]);
  expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  await Promise.all([rollback(options('one')), rollback(options('two'))]);
  expect(await catalogOf(database)).toEqual(before);
});

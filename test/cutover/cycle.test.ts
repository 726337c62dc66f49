import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as everything from '../../src/index.js';
import { backup, complete, cutover, sync, verify } from '../../src/index.js';
import { catalogOf } from '../support/catalog.js';
import { PHASES } from '../support/phases.js';
import { eventually } from '../support/traces.js';
import { rollback, status } from '../support/unifying.js';
import { atSea, cutOver, inHarbour } from './at-sea.js';

test('there, back, there again, and done: the catalog is as it was, foreign keys and views included', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await database.query(
    `create view newest as select id, title from opportunities order by created_at desc limit 10;
     create materialized view counted as select count(*) as n from opportunities;
     create statistics about_opportunities on title, description from opportunities;
     create function hear() returns trigger language plpgsql as $$ begin perform pg_notify('x', ''); return null; end $$;
     create trigger heard after insert on opportunities execute function hear();
     alter table opportunities disable trigger heard;
     comment on column opportunities.title is 'What it is called'`,
  );
  await sync({ databaseUrl });
  // A refresh gives it another file.
  const catalog = async () =>
    (await catalogOf(database)).filter((line) => !line.includes('(public,counted,m,'));
  const before = await catalog();
  await cutOver(database);
  await database.query(`insert into opportunities (title, problem_statement) values ('At sea', 'x')`);
  await database.query(
    `insert into competitive_landscape (opportunity_id, competitor_name) select id, 'A rival' from opportunities where title = 'At sea'`,
  );
  expect((await database.query(`select count(*)::int as n from newest where title = 'At sea'`)).rows).toEqual(
    [{ n: 1 }],
  );
  await database.query('refresh materialized view counted');
  const dry = await rollback({ databaseUrl, dryRun: true });
  expect(dry.phases.map(({ reverted }) => reverted?.swap)).toEqual([null, null]);
  const back = await rollback({ databaseUrl });
  expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[], []]);
  expect(await catalog()).toEqual(before);
  expect((await status({ databaseUrl })).phases.map(({ state }) => state)).toEqual(['in-sync', 'in-sync']);
  expect(
    (await database.query(`select relkind from pg_class where oid = 'opportunities'::regclass`)).rows,
  ).toEqual([{ relkind: 'r' }]);
  expect(
    (await database.query(`select count(*)::int as n from opportunities where title = 'At sea'`)).rows,
  ).toEqual([{ n: 1 }]);
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });

  // What was changed meanwhile is told exactly.
  await cutOver(database, ['opportunities']);
  await database.query(
    'alter table drydock_legacy.opportunities alter column description set default $$none$$',
  );
  const changed = await rollback({ databaseUrl, phases: ['opportunities'] });
  expect(changed.phases[0]?.reverted?.catalogDifferences).toEqual([
    `columns: public.opportunities.description, default was null, now "'none'::text"`,
  ]);
});

test('there and back does not drop anything, however often it is given; all of it at once when that is said', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await everything.run({ databaseUrl, phases: ['enhancements'] });
  await cutOver(database);
  const all = { databaseUrl, phases: PHASES };
  const names = ['enhancements', 'assessments', 'opportunities'];
  const outcomes = ({ phases }: everything.RollbackReport) =>
    phases.map(({ phase, kept, dropped, reverted }) => [phase, kept, dropped.length > 0, reverted !== null]);
  const kept = names.map((name) => [name, true, false, name !== 'enhancements']);
  expect(outcomes(await everything.rollback(all))).toEqual(kept);
  const undone = names.map((name) => [name, true, false, false]);
  expect(outcomes(await everything.rollback(all))).toEqual(undone);
  expect(outcomes(await rollback({ databaseUrl, phases: ['assessments'] }))).toEqual([undone[1]]);
  expect(await everything.verify({ databaseUrl })).toMatchObject({ equal: true });

  // From sea as well.
  await cutOver(database);
  const gone = names.map((name) => [name, false, true, name !== 'enhancements']);
  expect(outcomes(await everything.rollback({ ...all, drop: true }))).toEqual(gone);
  const { rows } = await database.query(
    `select count(*)::int as n from pg_namespace where nspname like 'drydock%'`,
  );
  expect(rows).toEqual([{ n: 0 }]);
});

test('what is built on the unified tables does not hold up their completion, and stays', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  await everything.run({ databaseUrl, phases: ['enhancements'] });
  await cutOver(database);
  await expect(complete({ databaseUrl, phases: ['enhancements'] })).rejects.toMatchObject({
    code: 'nothing-to-complete',
  });
  await expect(cutover({ databaseUrl, phases: ['enhancements'] })).rejects.toMatchObject({
    code: 'nothing-to-cut-over',
  });
  const outcomes = ({ phases }: everything.CompleteReport) =>
    phases.map(({ phase, outcome }) => [phase, outcome]);
  // The later phase is completed by no dry run, and stands in the way of none.
  expect(outcomes(await complete({ databaseUrl, dryRun: true }))).toEqual([
    ['assessments', 'would-complete'],
    ['opportunities', 'would-complete'],
  ]);
  await expect(complete({ databaseUrl, phases: ['opportunities'], dryRun: true })).rejects.toMatchObject({
    code: 'phase-order',
  });
  const followed = sync({ databaseUrl, follow: true, intervalSeconds: 0.05 });
  await database.query(`update opportunities set description = 'followed'`);
  await eventually('it is applied', async () => {
    const { rows } = await database.query('select from drydock.changes limit 1');
    return rows.length === 0;
  });
  expect(outcomes(await complete({ databaseUrl }))).toEqual([
    ['assessments', 'completed'],
    ['opportunities', 'completed'],
  ]);
  // Where nothing is left to keep up, following ends by itself; asked for anew, it says why it cannot.
  expect(await followed).toMatchObject({ outcome: 'stopped' });
  await expect(sync({ databaseUrl })).rejects.toMatchObject({ code: 'completed' });
  expect((await everything.status({ databaseUrl })).phases.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
    'verified',
  ]);
  const { phases } = await rollback({ databaseUrl, phases: ['enhancements'] });
  expect(phases[0]?.dropped.length).toBeGreaterThan(0);
});

test('completed: old names are read-only, other tables name the unified one, the old tables go with a backup only', async () => {
  const database = await atSea('B');
  const databaseUrl = database.url;
  const { rows: folded } = await database.query<{ id: string; unified_id: string }>(
    `select opportunities_id as id, unified_id from opportunity_duplicates where source = 'opportunities' order by 1 limit 1`,
  );
  await database.query(
    `insert into competitive_landscape (opportunity_id, competitor_name) select opportunities_id, 'A rival' from opportunity_duplicates where source = 'opportunities'`,
  );
  const before = (await database.query('select id, problem_statement, status from opportunities order by id'))
    .rows;
  await expect(complete({ databaseUrl, phases: ['opportunities'] })).rejects.toMatchObject({
    code: 'phase-order',
  });
  const refused = await complete({ databaseUrl, dropLegacy: true });
  expect(refused.phases).toMatchObject(
    ['assessments', 'opportunities'].map((phase) => ({
      phase,
      outcome: 'refused',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'backup' })]),
    })),
  );
  const done = await complete({ databaseUrl });
  expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect(done.phases[1]?.repointed).toBeGreaterThan(0);
  expect(
    (await database.query('select id, problem_statement, status from opportunities order by id')).rows,
  ).toEqual(before);
  await expect(
    database.query(`insert into opportunities (problem_statement) values ('x')`),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/read-only: its migration is completed/),
    hint: 'Write to public.opportunities_unified.',
  });
  // A folded duplicate is named by its opportunity now, and what it was is kept.
  const { rows: kept } = await database.query(
    `select distinct old_values[1] as old_id, new_values[1] as new_id, row_before ->> 'opportunity_id' as before from drydock.repointed where old_values = array[$1::text]`,
    [folded[0]?.id],
  );
  expect(kept).toEqual([{ old_id: folded[0]?.id, new_id: folded[0]?.unified_id, before: folded[0]?.id }]);
  const { rows: keys } = await database.query(
    `select count(*)::int as n, bool_and(convalidated) as valid from pg_constraint where contype = 'f' and confrelid = 'opportunities_unified'::regclass and conrelid <> 'opportunity_assessments'::regclass`,
  );
  expect(keys).toEqual([{ n: 6, valid: true }]);
  await database.query(`insert into opportunities_unified (title) values ('On its own')`);
  await expect(rollback({ databaseUrl })).rejects.toMatchObject({ code: 'completed' });
  await expect(verify({ databaseUrl, phases: ['opportunities'] })).rejects.toMatchObject({
    code: 'completed',
  });
  expect((await status({ databaseUrl })).phases.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
  ]);
  expect((await complete({ databaseUrl })).phases.map(({ outcome }) => outcome)).toEqual([
    'already-completed',
    'already-completed',
  ]);
});

test('the old tables are dropped where a backup was read back, and nothing of theirs is left', async () => {
  const database = await inHarbour('A');
  const databaseUrl = database.url;
  const directory = await mkdtemp(join(tmpdir(), 'drydock-cutover-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await backup({ databaseUrl, to: join(directory, 'backup') });
  const report = await cutover({ databaseUrl });
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['cut-over', 'cut-over']);
  await database.query(
    'create view past as select count(*) from opportunities_legacy; create view held as select id from drydock_legacy.opportunities',
  );
  const held = await complete({ databaseUrl, dropLegacy: true });
  expect(held.phases[1]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
    { code: 'view', object: 'public.held' },
  ]);
  await database.query('drop view held');
  const done = await complete({ databaseUrl, dropLegacy: true });
  expect([...held.phases, ...done.phases].flatMap(({ dropped }) => dropped)).toHaveLength(6);
  expect(
    (await database.query(`select count(*)::int as n from pg_namespace where nspname = 'drydock_legacy'`))
      .rows,
  ).toEqual([{ n: 0 }]);
  expect((await database.query(`select count(*) > 0 as some from opportunities`)).rows).toEqual([
    { some: true },
  ]);
  expect((await status({ databaseUrl })).phases.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
  ]);
});

test('moved tables that were altered are told before a rollback or a completion, and not called a defect', async () => {
  const database = await atSea('B');
  const databaseUrl = database.url;
  await database.query(`alter table drydock_legacy.opportunities add column tokens int`);
  const stopped = {
    code: 'configuration-changed',
    message: expect.stringMatching(/column opportunities\.tokens was not there, now integer/),
    next: expect.stringMatching(/^Undo the change \(the moved tables are in drydock_legacy\)/),
  };
  for (const dryRun of [true, false]) {
    await expect(rollback({ databaseUrl, phases: ['opportunities'], dryRun })).rejects.toMatchObject(stopped);
  }
  await complete({ databaseUrl, phases: ['assessments'] });
  for (const dryRun of [true, false]) {
    await expect(complete({ databaseUrl, phases: ['opportunities'], dryRun })).rejects.toMatchObject(stopped);
  }
  await database.query(`alter table drydock_legacy.opportunities drop column tokens`);
  expect(await complete({ databaseUrl })).toMatchObject({
    phases: [{ outcome: 'already-completed' }, { outcome: 'completed' }],
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixtureOf, SHAPE_A } from '../../fixtures/mixture.js';
import { copyRowsOf } from '../../src/extract/copy-source.js';
import { backup, bench, cutover, plan, refresh, report, rollback, sync, verify } from '../../src/index.js';
import { KeyRange } from '../../src/keys/key-range.js';
import { isAsStored } from '../../src/load/as-stored.js';
import { BatchRows } from '../../src/load/batch-rows.js';
import { targetsOf } from '../../src/mapping/targets.js';
import { workDirectory } from '../backup/place.js';
import type { TestDatabase } from '../support/database.js';
import { bindPhase } from '../support/legacy.js';
import { inequalities } from '../support/legacy-pairs.js';
import { pairsOf } from '../support/legacy-views.js';
import { prepared } from '../support/prepared.js';
import { newColumn, newType, rewrittenBefore, rewrittenUnder } from '../support/rewrites.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';
import { run } from '../support/unifying.js';

/*
 * In each of these a table is rewritten after a verb has taken its snapshot and before it first reads the table, which the
 * snapshot shows as empty then.
 */

const mixture = mixtureOf({});
const UNIFIED = { mixture, submissions: 60, oddShare: 0, run: { batchSize: 100 } } as const;
const BUILT = {
  ...UNIFIED,
  run: { batchSize: 100, phases: ['opportunities', 'assessments', 'enhancements'] },
} as const;
const APPS = 'public.app_opportunities';
const UNIFIED_TABLE = 'public.opportunities_unified';
const OPPORTUNITIES = ['opportunities'] as const;

async function expectWhole(database: TestDatabase): Promise<void> {
  expect(await inequalities(await database.client(), pairsOf(mixture))).toEqual([]);
}

async function change(database: TestDatabase): Promise<void> {
  await database.query(`update public.opportunities set app_name = app_name || '!'`);
  await database.query(
    'delete from public.workflow_results where id = (select id from public.workflow_results order by id limit 1)',
  );
}

test.each([
  ['a legacy table by a new type', APPS, newType(APPS)],
  [
    'a legacy table by TRUNCATE, and all rows again',
    APPS,
    `create temp table kept as select * from ${APPS}; truncate ${APPS}; insert into ${APPS} select * from kept`,
  ],
  ['what names are looked up in', 'public.submissions', undefined],
  ['what was unified', UNIFIED_TABLE, undefined],
  ['what was folded', 'public.opportunity_duplicates', undefined],
  ['a table of the ledger', 'drydock.batches', undefined],
])('sync: %s', async (_name, table, by) => {
  const database = await prepared(UNIFIED);
  await change(database);
  const { phases } = await rewrittenUnder(database, { table, by }, (databaseUrl) =>
    sync({ databaseUrl, phases: OPPORTUNITIES }),
  );
  expect(phases).toMatchObject([{ backlog: 0 }]);
  await expectWhole(database);
  const { rows } = await database.query(
    `select sum(b.rows_in)::int as booked, (select count(*) from public.opportunities)::int + (select count(*) from public.app_opportunities)::int
       + (select count(*) from public.workflow_results)::int as stored
     from drydock.batches b join drydock.phases p on p.id = b.phase_id where p.phase = 'opportunities'`,
  );
  expect(rows[0]?.booked).toBe(rows[0]?.stored);
});

test('a follower', async () => {
  const database = await prepared(UNIFIED);
  await rewrittenUnder(database, { table: APPS }, async (databaseUrl) => {
    const controller = new AbortController();
    const { signal } = controller;
    const report = sync({ databaseUrl, phases: OPPORTUNITIES, follow: true, intervalSeconds: 0.05, signal });
    report.catch(() => undefined);
    await change(database);
    await eventually('it is applied', async () => {
      const { rowCount } = await database.query('select from drydock.changes limit 1');
      return rowCount === 0;
    });
    controller.abort();
    await report;
  });
  await expectWhole(database);
});

test('a batch that is loaded for the first time, and one that is loaded again', async () => {
  const database = await prepared({ mixture, submissions: 60, oddShare: 0 });
  const options = { batchSize: 100, phases: OPPORTUNITIES };
  await run({ ...options, databaseUrl: database.url, batches: { from: 1, to: 1 } });
  const reading = { table: APPS, reader: /copy \(.*app_opportunities|explain .*app_opportunities/s };
  const done = { outcome: 'done' };
  expect(
    await rewrittenUnder(database, reading, (databaseUrl) => run({ ...options, databaseUrl })),
  ).toMatchObject(done);
  await change(database);
  const batches = { from: 1, to: 2 };
  expect(
    await rewrittenUnder(database, reading, (databaseUrl) => run({ ...options, databaseUrl, batches })),
  ).toMatchObject(done);
  await run({ databaseUrl: database.url });
  await expectWhole(database);
});

test('what is stored of a batch that has no rows any more', async () => {
  const database = await prepared(UNIFIED);
  const session = await openSession(database.url);
  await session.execute(
    `begin; set local drydock.own_writes = 'on'; delete from public.opportunity_duplicates; commit`,
  );
  const phase = await bindPhase(session, mixture, 'opportunities');
  const rows = new BatchRows(phase.bound.sources.map(({ rule }) => rule.table));
  const rewrite = { table: UNIFIED_TABLE, reader: /^(lock|copy)/ };
  const asStored = await rewrittenBefore(database, rewrite, () =>
    session.transaction(() => isAsStored(session, copyRowsOf, targetsOf(phase), KeyRange.ALL, rows)),
  );
  rows.close();
  expect(asStored).toBe(false);
});

test.each([
  ['by hash', {}, { table: APPS }],
  // It is read through the views, which name it nowhere; before that, keys that wait are looked for.
  ['by text', { strict: true }, { table: UNIFIED_TABLE, reader: /drydock\.changes/ }],
  ['by text, and what names are looked up in', { strict: true }, { table: 'public.submissions' }],
  ['of some batches', { batches: { from: 1, to: 1 } }, { table: APPS }],
])('a verification: %s', async (_name, further, rewrite) => {
  const database = await prepared(UNIFIED);
  const compared = await rewrittenUnder(database, rewrite, (databaseUrl) =>
    verify({ databaseUrl, phases: OPPORTUNITIES, ...further }),
  );
  expect(compared.phases[0]?.invariants.filter(({ ok }) => !ok)).toEqual([]);
  expect(compared.equal).toBe(true);
});

test('a verification of metrics', async () => {
  const database = await prepared(BUILT);
  const compared = await rewrittenBefore(database, { table: UNIFIED_TABLE }, () =>
    verify({ databaseUrl: database.url, phases: ['enhancements'] }),
  );
  expect(compared.phases[0]?.invariants.filter(({ ok }) => !ok)).toEqual([]);
});

test('a plan', async () => {
  const database = await prepared(UNIFIED);
  const rowsOf = async (databaseUrl: string) =>
    (await plan({ databaseUrl, phases: OPPORTUNITIES })).tables.map(({ table, rows }) => [table, rows]);
  const before = await rowsOf(database.url);
  expect(await rewrittenUnder(database, { table: 'public.workflow_results' }, rowsOf)).toEqual(before);
});

test('a benchmark', async () => {
  const database = await prepared({ ...BUILT, mixture: SHAPE_A });
  const questions = ['trust-level-statistics'];
  const options = { questionSeconds: 0, performanceOnly: true, questions };
  const rewrite = { table: UNIFIED_TABLE, reader: /with l as/ };
  const measured = await rewrittenBefore(database, rewrite, () =>
    bench({ ...options, databaseUrl: database.url }),
  );
  expect(measured.queries).toMatchObject([{ status: 'measured' }]);
});

test('metrics that are counted', async () => {
  const database = await prepared(BUILT);
  const held = async () =>
    (await database.query('select * from public.submission_metrics order by submission_id')).rows;
  const before = await held();
  const reader = /insert into .*submission_metric_totals/;
  const by = `do $$ begin ${newColumn(UNIFIED_TABLE)}; exception when lock_not_available then null; end $$`;
  await rewrittenUnder(database, { table: UNIFIED_TABLE, by, reader }, (databaseUrl) =>
    run({ databaseUrl, phases: ['enhancements'], batches: { from: 1, to: 1 } }),
  );
  expect(await held()).toEqual(before);
});

test('a backup, and what it says of the ledger', async () => {
  const database = await prepared(UNIFIED);
  const ledgerOf = (to: string) => JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')).ledger;
  const [first, second] = [join(workDirectory(), 'a'), join(workDirectory(), 'b')];
  const before = await backup({ databaseUrl: database.url, to: first });
  const reader = /from drydock\.batches/;
  const after = await rewrittenUnder(database, { table: 'drydock.batches', reader }, (databaseUrl) =>
    backup({ databaseUrl, to: second }),
  );
  expect(ledgerOf(second)).toEqual(ledgerOf(first));
  expect(after.tables.map(({ hash }) => hash)).toEqual(before.tables.map(({ hash }) => hash));
});

test('a report', async () => {
  const database = await prepared(UNIFIED);
  const eventsOf = async (databaseUrl: string) => (await report({ databaseUrl })).report.events;
  const before = await eventsOf(database.url);
  expect(await rewrittenUnder(database, { table: 'drydock.events' }, eventsOf)).toEqual(before);
});

test('a materialized view that is refreshed behind a rewrite', async () => {
  const database = await prepared(BUILT);
  const held = async () =>
    (await database.query('select * from public.mv_validation_summary order by 1')).rows;
  const before = await held();
  expect(before.length).toBeGreaterThan(0);
  const rewrite = { table: 'public.opportunity_assessment_records', reader: /as refreshed/ };
  await rewrittenBefore(database, rewrite, () => refresh({ databaseUrl: database.url, force: true }));
  expect(await held()).toEqual(before);
});

test('a cutover, and the way back', async () => {
  const database = await prepared(UNIFIED);
  await change(database);
  const there = await rewrittenUnder(database, { table: APPS }, (databaseUrl) =>
    cutover({ databaseUrl, phases: OPPORTUNITIES, noBackup: true }),
  );
  expect(there.phases).toMatchObject([{ outcome: 'cut-over', verification: { equal: true } }]);
  await change(database);
  const table = 'drydock_legacy.app_opportunities';
  const back = await rewrittenUnder(database, { table }, (databaseUrl) =>
    rollback({ databaseUrl, phases: OPPORTUNITIES }),
  );
  expect(back.phases).toMatchObject([{ reverted: { catalogDifferences: [] } }]);
  await expectWhole(database);
});

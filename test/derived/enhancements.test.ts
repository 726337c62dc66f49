import { expect, test } from 'vitest';
import { mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { plan, refresh, rollback, run, status, verify } from '../../src/index.js';
import { SOURCE_TABLES } from '../../src/redditharbor/tables.js';
import { catalogOf } from '../support/catalog.js';
import type { TestDatabase } from '../support/database.js';
import { asDrydock } from '../support/own-writes.js';
import { type Contents, prepared } from '../support/prepared.js';

const UNIFIED: Contents = {
  mixture: mixtureOf({}),
  submissions: 60,
  oddShare: 0,
  extras: true,
  run: { batchSize: 100 },
};
const ENHANCED: Contents = {
  ...UNIFIED,
  run: { batchSize: 100, phases: ['opportunities', 'assessments', 'enhancements'] },
};
const phases = ['enhancements'] as const;
const MIXED = mixtureOf({
  opportunities: 'A',
  appOpportunities: 'dlt',
  appSchema: 'public_staging',
  opportunityScores: 'A',
  scoreComponents: 'A',
});
async function first(database: TestDatabase, sql: string): Promise<unknown> {
  return Object.values((await database.query(sql)).rows[0] ?? {})[0];
}

test.each([
  ['A', { ...UNIFIED, mixture: SHAPE_A }],
  ['B', UNIFIED],
  ['B with dlt', { ...UNIFIED, mixture: SHAPE_B_DLT }],
  ['mixed', { ...UNIFIED, mixture: MIXED }],
])('planned, made, verified, found unchanged, and rolled back alone: shape %s', async (_name, contents) => {
  const database = await prepared(contents);
  const options = { databaseUrl: database.url, phases };
  const before = await catalogOf(database);
  const planned = await plan(options);
  expect(planned.stops).toEqual([]);
  expect(planned.phases).toMatchObject([{ phase: 'enhancements', state: 'new' }]);
  expect(await catalogOf(database)).toEqual(before);

  const report = await run(options);
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }] });
  const made = report.phases[0]?.made ?? [];
  for (const { name, byThisRun } of made) {
    expect(byThisRun).toBe(true);
    expect(planned.phases[0]?.creates.join()).toContain(name);
  }
  expect(made.filter(({ kind }) => kind === 'materialized view')).toHaveLength(4);
  const again = await run(options);
  expect(again).toMatchObject({ outcome: 'nothing-to-do', phases: [{ state: 'verified' }] });
  expect(again.phases[0]?.made?.filter(({ byThisRun }) => byThisRun)).toEqual([]);
  expect((await status(options)).phases).toMatchObject([
    { state: 'verified', views: Array(4).fill({ stale: false }) },
  ]);

  const { appSchema } = contents.mixture;
  const spent = SOURCE_TABLES.map((table) => {
    const schema = table === 'app_opportunities' ? appSchema : 'public';
    return `select llm_cost_usd from ${schema}.${table}`;
  }).join(' union all ');
  expect(
    await first(
      database,
      `select (select sum(cost_usd) from public.mv_llm_usage) = (select sum(llm_cost_usd) from (${spent}) s)`,
    ),
  ).toBe(true);
  await rollback(options);
  expect(await catalogOf(database)).toEqual(before);
});

test('each view holds what its definition says', async () => {
  const database = await prepared({ ...ENHANCED, submissions: 400 });
  const joined = `public.opportunities_unified u join public.opportunity_assessments a on a.opportunity_id = u.id`;
  const high = `a.total_score > 70 and u.trust_score > 60 and a.validation_confidence > 0.7`;
  expect(
    (
      await database.query(
        `select array_agg(opportunity_id order by rank) as ids from public.mv_high_value_opportunities`,
      )
    ).rows,
  ).toEqual(
    (
      await database.query(
        `select array_agg(u.id order by 0.7 * a.total_score + 0.3 * u.trust_score desc, u.id) as ids from ${joined} where ${high}`,
      )
    ).rows,
  );
  expect(
    await first(
      database,
      `select sum(opportunities) = (select count(*) from public.opportunities_unified where created_at is not null)
         and sum(high_value) = (select count(*) from ${joined} where ${high} and u.created_at is not null) from public.mv_opportunity_trends`,
    ),
  ).toBe(true);
  expect(
    (
      await database.query(
        'select validation_type, validations::int as n from public.mv_validation_summary order by 1',
      )
    ).rows,
  ).toEqual(
    (
      await database.query(
        `select coalesce(validation_type, '') as validation_type, count(*)::int as n from public.market_validations group by 1 order by 1`,
      )
    ).rows,
  );
});

test('an index that was left invalid or was never entered is made good, and one of somebody else is not touched', async () => {
  const database = await prepared(ENHANCED);
  const options = { databaseUrl: database.url, phases };
  const index = 'opportunities_unified_discovery_idx';
  const oid = () => first(database, `select 'public.${index}'::regclass::oid::int`);
  const before = await oid();
  await database.query(
    `update pg_index set indisvalid = false where indexrelid = 'public.${index}'::regclass`,
  );
  expect(await verify(options)).toMatchObject({ equal: false });
  expect(await run(options)).toMatchObject({ phases: [{ state: 'verified' }] });
  expect(await oid()).not.toBe(before);

  // Killed after the build was announced, and before it was entered; the server went on with it.
  const announced = `update drydock.objects set oid = 0, definition = null where name = '${index}'`;
  await database.query(announced);
  expect(await run(options)).toMatchObject({ phases: [{ state: 'verified' }] });
  await database.query(announced);
  await rollback(options);
  expect(await first(database, `select to_regclass('public.${index}')`)).toBeNull();

  await database.query(`create index ${index} on public.opportunities_unified (title)`);
  await expect(run(options)).rejects.toMatchObject({ code: 'foreign-object' });
  expect((await plan(options)).stops).toMatchObject([{ code: 'foreign-object' }]);
});

test.each([
  ['metrics', `update public.submission_metric_totals set opportunities = opportunities + 1`, /fresh count/],
  [
    'a trigger that is off',
    'alter table public.opportunities_unified disable trigger drydock_metrics_delete',
    /trigger drydock_metrics_delete/,
  ],
  [
    'a trigger function',
    `create or replace function drydock.count_statements_public() returns trigger language plpgsql as 'begin return null; end'`,
    /function count_statements_public/,
  ],
  [
    'a view',
    `create or replace view public.submission_metrics as select id as submission_id, 0::bigint as opportunity_count, 0::numeric as trust_score_avg, 10 as discussion_quality_score from public.submissions`,
    /view submission_metrics/,
  ],
  [
    'a materialized view',
    'drop materialized view public.mv_opportunity_trends',
    /materialized view mv_opportunity_trends/,
  ],
  [
    'an index',
    'drop index public.opportunities_unified_trust_tier_idx',
    /index opportunities_unified_trust_tier_idx/,
  ],
])('verification finds what was spoilt: %s', async (_name, sql, broken) => {
  const database = await prepared(ENHANCED);
  await database.query(sql);
  const {
    equal,
    phases: [found],
  } = await verify({ databaseUrl: database.url, phases });
  expect(equal).toBe(false);
  expect(
    found?.invariants
      .filter(({ ok }) => !ok)
      .map(({ name }) => name)
      .join(),
  ).toMatch(broken);
});

test('stopped after a batch, it goes on with the next', async () => {
  const database = await prepared({ ...UNIFIED, run: { batchSize: 40 } });
  const controller = new AbortController();
  const stopped = run({
    databaseUrl: database.url,
    phases,
    signal: controller.signal,
    onProgress: ({ type }) => type === 'batch' && controller.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'stopped', exitStatus: 3 });
  const [phase] = (await status({ databaseUrl: database.url, phases })).phases;
  expect(phase).toMatchObject({ state: 'loading', batches: { done: 1 } });
  await expect(verify({ databaseUrl: database.url, phases })).rejects.toMatchObject({ code: 'not-loaded' });
  // What is written before it goes on is counted by its trigger, and once only.
  await asDrydock(database, `update public.opportunities_unified set trust_score = 50`);
  expect(await run({ databaseUrl: database.url, phases })).toMatchObject({
    phases: [{ state: 'verified', batches: { alreadyDone: 1 } }],
  });
});

test('it needs the phases before it, and they cannot be rolled back under it', async () => {
  const database = await prepared({ ...UNIFIED, run: { batchSize: 100, phases: ['opportunities'] } });
  const options = { databaseUrl: database.url };
  await expect(run({ ...options, phases })).rejects.toMatchObject({ code: 'phase-order' });
  await run(options);
  await expect(rollback({ ...options, phases: ['assessments'] })).rejects.toMatchObject({
    code: 'phase-order',
  });
});

test('a column that came later is named, and taken in when the phase is begun anew', async () => {
  const database = await prepared(ENHANCED);
  const options = { databaseUrl: database.url, phases };
  await database.query(
    'alter table public.comments add column llm_model_used text, add column llm_latency_ms int',
  );
  await expect(run(options)).rejects.toMatchObject({
    code: 'configuration-changed',
    message: expect.stringContaining('mv_llm_usage'),
  });
  await rollback(options);
  await run(options);
  await database.query(
    `insert into public.comments (body, llm_model_used, llm_latency_ms, created_at) values ('x', 'm', 7, '2001-02-03T23:00:00Z')`,
  );
  // Nobody reports what is written to a table that is not ours: the view is always refreshed.
  await refresh({ databaseUrl: database.url });
  const { rows } = await database.query(
    `select model, calls::int, avg_latency_ms::int as ms from public.mv_llm_usage where day = '2001-02-03'`,
  );
  expect(rows).toEqual([{ model: 'm', calls: 1, ms: 7 }]);
  expect((await status(options)).phases[0]?.views).toContainEqual(
    expect.objectContaining({ name: 'mv_llm_usage', stale: null }),
  );
});

test('an older transaction that holds up an index is named', async () => {
  const database = await prepared(UNIFIED);
  const old = await database.client();
  await old.query(`set application_name = 'an old reader'; begin isolation level repeatable read; select 1`);
  const told: string[] = [];
  const report = await run({
    databaseUrl: database.url,
    phases,
    onProgress: (event) => {
      if (event.type !== 'notice' || !event.message.includes('The index waits')) return;
      told.push(event.message);
      void old.query('commit');
    },
  });
  expect(report.outcome).toBe('done');
  expect(told).toEqual([expect.stringMatching(/an old reader, idle in transaction/)]);
});

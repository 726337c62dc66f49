import { expect, test } from 'vitest';
import { type LegacyMixture, mixtureName, mixtureOf, SHAPE_A, SHAPE_B } from '../../fixtures/mixture.js';
import { bench } from '../../src/index.js';
import { INDEXES } from '../../src/redditharbor/enhancements/indexes.js';
import { SOURCE_TABLES } from '../../src/redditharbor/tables.js';
import { asDrydock } from '../support/own-writes.js';
import { prepared } from '../support/prepared.js';

const ODD = { submissions: 300, seed: 3, oddShare: 0.1, run: {} } as const;
const QUICK = { questionSeconds: 0, performanceOnly: true } as const;

const MIXED: LegacyMixture = mixtureOf({
  opportunities: 'A',
  appOpportunities: 'dlt',
  appSchema: 'public_staging',
  opportunityScores: 'A',
});

test.each([SHAPE_A, SHAPE_B, MIXED].map((mixture) => [mixtureName(mixture), mixture] as const))(
  'both forms of every question answer the same: %s',
  async (_name, mixture) => {
    const database = await prepared({ ...ODD, mixture });
    const report = await bench({ ...QUICK, databaseUrl: database.url });
    expect(report.queries.filter(({ status }) => status === 'different')).toEqual([]);
    expect(report.equal).toBe(true);
    const measured = report.queries.filter(({ status }) => status === 'measured');
    expect(measured.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'scored-above-70',
        'best-trust-of-the-week',
        'whole-opportunity',
        'trust-level-statistics',
        'app-by-submission',
        'with-core-function',
      ]),
    );
    // Writers pay for each index: none is there that no question is asked of.
    expect(report.queries.map(({ name }) => name)).toEqual(
      expect.arrayContaining(INDEXES.flatMap(({ serves }) => serves)),
    );
    // An answer without rows would prove nothing.
    expect(measured.filter(({ rows }) => rows === 0)).toEqual([]);
    for (const { legacy, unified } of measured) {
      for (const form of [legacy, unified]) {
        expect(form?.runs).toBeGreaterThanOrEqual(5);
        expect(form?.p95).toBeGreaterThanOrEqual(form?.p50 ?? Number.NaN);
        expect(form?.buffers.hit).toBeGreaterThan(0);
      }
    }
    const question = measured.find(({ name }) => name === 'scored-above-70');
    expect(question?.unified?.plan.joins).toBe(1);
    expect(question?.legacy?.plan.joins).toBeGreaterThanOrEqual(3);
  },
);

test('a question whose answers differ is a difference, with an example, and is not timed', async () => {
  const database = await prepared({ ...ODD, mixture: SHAPE_B });
  await asDrydock(
    database,
    `update opportunities_unified set trust_score = trust_score - 0.01
     where id = (select u.id from opportunities_unified u join opportunity_assessments a on a.opportunity_id = u.id
       where a.total_score > 70 and u.trust_score > 1 and u.submission_id is not null order by u.id limit 1)`,
  );
  const report = await bench({ ...QUICK, databaseUrl: database.url });
  const question = report.queries.find(({ name }) => name === 'scored-above-70');
  expect(report.equal).toBe(false);
  expect(question).toMatchObject({ status: 'different', legacyMs: null, speedup: null, legacy: null });
  expect(question?.reason).toMatch(/of which 1 and 1 are not in the other answer; lost, for instance: \(/);
});

test('measures storage and readers, and writes nothing', async () => {
  const database = await prepared({ ...ODD, mixture: SHAPE_B });
  const writes = `select sum(n_tup_ins + n_tup_upd + n_tup_del)::text as n from pg_stat_user_tables`;
  const before = (await database.query<{ n: string }>(writes)).rows[0]?.n;
  const report = await bench({ databaseUrl: database.url, questionSeconds: 0, readers: 2, loadSeconds: 1 });
  expect((await database.query<{ n: string }>(writes)).rows[0]?.n).toBe(before);
  const { rows } = await database.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(t))::text as bytes
     from (select unnest(array['opportunities_unified', 'opportunity_duplicates', 'opportunity_assessments', 'opportunity_assessment_records'])::regclass
       union all select oid from pg_class where relnamespace = 'drydock'::regnamespace and relkind = 'r') x (t)`,
  );
  expect(report.storage?.unified.total).toBe(Number(rows[0]?.bytes));
  expect(report.storage?.legacyTables).toHaveLength(6);
  expect(report.load?.legacy.queries).toBeGreaterThan(0);
  expect(report.load?.unified.queries).toBeGreaterThan(report.load?.legacy.queries ?? Number.NaN);
});

test('says what has to be done first where nothing was unified', async () => {
  const { run: _, ...contents } = ODD;
  const database = await prepared({ ...contents, mixture: SHAPE_B });
  await expect(bench({ ...QUICK, databaseUrl: database.url })).rejects.toMatchObject({
    code: 'not-loaded',
    next: 'Run: drydock run',
  });
});

test('what language models cost is asked where an application wrote it down', async () => {
  const database = await prepared({
    ...ODD,
    mixture: SHAPE_B,
    extras: true,
    run: { phases: ['opportunities', 'assessments', 'enhancements'] },
  });
  const asked = { ...QUICK, databaseUrl: database.url, questions: ['llm-usage', 'newest-opportunities'] };
  const [usage] = (await bench(asked)).queries;
  expect(usage).toMatchObject({ name: 'llm-usage', status: 'measured' });
  expect(usage?.rows).toBeGreaterThan(0);
  for (const table of SOURCE_TABLES) await database.query(`update ${table} set llm_cost_usd = null`);
  expect((await bench(asked)).queries[0]).toMatchObject({ status: 'different', legacyMs: null });
});

test('a question by a prepared statement is planned once, and leaves nothing in the session', async () => {
  const database = await prepared({ ...ODD, mixture: SHAPE_B });
  const { queries } = await bench({
    ...QUICK,
    databaseUrl: database.url,
    questions: ['opportunity-by-id', 'opportunity-by-id-prepared'],
  });
  expect(queries.map(({ name, status, rows }) => ({ name, status, rows }))).toEqual([
    { name: 'opportunity-by-id', status: 'measured', rows: queries[0]?.rows },
    { name: 'opportunity-by-id-prepared', status: 'measured', rows: queries[0]?.rows },
  ]);
});

import type pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { mixtureOf } from '../../../fixtures/mixture.js';
import { refresh, run, verify } from '../../../src/index.js';
import type { TestDatabase } from '../../support/database.js';
import { AS_DRYDOCK, asDrydock } from '../../support/own-writes.js';
import { prepared } from '../../support/prepared.js';
import { metricsProblems } from './oracle.js';
import { randomWriter } from './writer.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await prepared({
    mixture: mixtureOf({}),
    submissions: 40,
    oddShare: 0,
    run: { batchSize: 60, phases: ['opportunities', 'assessments', 'enhancements'] },
  });
});

test('a change of an opportunity and its metrics are seen together, by the writer and by everybody else', async () => {
  const writer = await database.client();
  await writer.query(AS_DRYDOCK);
  const [{ id }] = (
    await writer.query(
      `select submission_id as id from opportunities_unified where submission_id is not null limit 1`,
    )
  ).rows;
  const metrics = async (client: pg.Client) =>
    (
      await client.query(
        'select opportunity_count::int as n from submission_metrics where submission_id = $1',
        [id],
      )
    ).rows[0];
  const other = await database.client();
  const before = await metrics(other);
  await writer.query('begin');
  await writer.query(
    `insert into opportunities_unified (id, merge_key, submission_id, title, status, trust_score, from_opportunities, from_app_opportunities, from_workflow_results)
     select gen_random_uuid(), $1, $1, 'new', 'discovered', 12.34, true, false, false from generate_series(1, 2)`,
    [id],
  );
  expect(await metrics(writer)).toEqual({ n: before.n + 2 });
  expect(await metrics(other)).toEqual(before);
  await writer.query('commit');
  expect(await metrics(other)).toEqual({ n: before.n + 2 });
  expect(await metricsProblems(other)).toEqual([]);
});

test('writers side by side: no statement fails for them, and every snapshot has the right metrics', async () => {
  const watcher = await database.client();
  const writers = await Promise.all(
    [1, 2, 3, 4].map(async (seed) => randomWriter(await database.client(), seed)),
  );
  let atWork = true;
  const writing = Promise.all(writers.map((write) => write(60))).finally(() => {
    atWork = false;
  });
  // Meanwhile the metrics are counted anew and folded, as an operator would have it.
  const operating = (async () => {
    while (atWork) {
      await run({ databaseUrl: database.url, phases: ['enhancements'], batches: { from: 1, to: 2 } });
      await refresh({ databaseUrl: database.url });
    }
  })();
  let looks = 0;
  while (atWork) {
    expect(await metricsProblems(watcher)).toEqual([]);
    looks += 1;
  }
  const refused = (await writing).flat();
  await operating;
  expect(refused).toEqual([]);
  expect(looks).toBeGreaterThan(3);
  expect(await metricsProblems(watcher)).toEqual([]);
  expect(await verify({ databaseUrl: database.url, phases: ['enhancements'] })).toMatchObject({
    equal: true,
  });
});

test('a TRUNCATE leaves nothing, in whatever transaction', async () => {
  const client = await database.client();
  await client.query(AS_DRYDOCK);
  await client.query('begin isolation level repeatable read');
  await client.query('select 1 from opportunities_unified limit 1');
  // Committed behind the snapshot, which does not see it; the TRUNCATE takes it away all the same.
  await asDrydock(database, `update opportunities_unified set trust_score = 1`);
  await client.query('truncate opportunities_unified cascade');
  await client.query('commit');
  const { rows } = await client.query(
    'select sum(opportunity_count)::int as n, count(trust_score_avg)::int as averages from submission_metrics',
  );
  expect(rows).toEqual([{ n: 0, averages: 0 }]);
  expect(await metricsProblems(client)).toEqual([]);
});

test.each([
  ['5', 10],
  ['6', 20],
  ['11', 40],
  ['21', 60],
  ['51', 80],
  ['100', 80],
  ['101', 100],
  ['"70"', 80],
  ['{"2025-01-01": 3, "2025-02-01": 33}', 60],
  ['{"2025-01-01": "many"}', 10],
  ['"none of your business"', 10],
  ['[1, 2]', 10],
  ['1e30', 100],
  ['-4', 10],
  ['null', 10],
])('the number of comments %s gives the score %i', async (comments, score) => {
  const { rows } = await database.query(
    `insert into submissions (submission_id, title, comments_count, num_comments) values ('x', 'x', 0, $1) returning id`,
    [comments],
  );
  const of = `select discussion_quality_score as score from submission_metrics where submission_id = $1`;
  expect((await database.query(of, [rows[0]?.id])).rows).toEqual([{ score }]);
  await database.query('delete from submissions where id = $1', [rows[0]?.id]);
  expect((await database.query(of, [rows[0]?.id])).rows).toEqual([]);
});

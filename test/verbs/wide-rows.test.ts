import { expect, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { complete, sync, verify } from '../../src/index.js';
import { cutOver } from '../cutover/at-sea.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { loosen } from '../support/legacy.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { run } from '../support/unifying.js';

/** Columns whose values are stored in the row and nowhere else: two tables' worth of them do not fit into a page. */
const WIDE = Array.from({ length: 80 }, (_, index) => `wide_${index}`);

const TABLES = ['opportunities', 'app_opportunities'];

/** Legacy tables whose rows may be wide; none is yet. */
async function roomy(): Promise<TestDatabase> {
  const database = await createTestDatabase('wide_rows');
  await fill(database, { mixture: SHAPE_A, submissions: 60, oddShare: 0 });
  await loosen(database, SHAPE_A);
  for (const table of TABLES)
    await database.query(`alter table ${table} ${WIDE.map((name) => `add column ${name} name`).join(', ')}`);
  return database;
}

/** Makes the rows of one opportunity wide, one that neither begins nor ends a batch; gives its key and the number of its rows. */
async function widen(database: TestDatabase, place: number): Promise<{ key: string; rows: number }> {
  const { rows } = await database.query<{ id: string; reddit_id: string }>(
    `select s.id, s.reddit_id from submissions s
      where (select count(*) from opportunities o where o.submission_id = s.id) = 1
        and (select count(*) from app_opportunities a where a.submission_id = s.reddit_id) = 1
      order by s.id offset $1 limit 1`,
    [place],
  );
  const { id, reddit_id: redditId } = rows[0] ?? { id: '', reddit_id: '' };
  const sets = WIDE.map((name) => `${name} = repeat('x', 63)`).join(', ');
  await database.query(`update opportunities set ${sets} where submission_id = '${id}'`);
  await database.query(`update app_opportunities set ${sets} where submission_id = '${redditId}'`);
  const { rows: counted } = await database.query<{ n: number }>(
    `select ((select count(*) from opportunities where submission_id = $1)
       + (select count(*) from app_opportunities where submission_id = $2)
       + (select count(*) from workflow_results w join opportunities o on o.id = w.opportunity_id where o.submission_id = $1))::int as n`,
    [id, redditId],
  );
  return { key: id, rows: counted[0]?.n ?? 0 };
}

async function putAside(database: TestDatabase): Promise<{ key: string; reason: string; rows: number }[]> {
  const { rows } = await database.query<{ key: string; reason: string; rows: number }>(
    'select merge_key as key, reason, count(*)::int as rows from drydock.rejects group by 1, 2 order by 1',
  );
  return rows;
}

test('of rows that are wider than a page together, those of that one key are named and put aside', async () => {
  const database = await roomy();
  const databaseUrl = database.url;
  const client = await database.client();
  const first = await widen(database, 7);
  const options = { databaseUrl, batchSize: 50 };
  await expect(run(options)).rejects.toMatchObject({
    code: 'too-many-rejects',
    message: expect.stringContaining(`the rows of key ${first.key} (54000)`),
  });
  const report = await run({ ...options, maxRejects: first.rows });
  expect(report).toMatchObject({
    outcome: 'done',
    phases: [{ state: 'verified', rejectedRows: first.rows }, {}],
  });
  expect(await putAside(database)).toEqual([{ key: first.key, reason: '54000', rows: first.rows }]);
  await expectEqual(client, pairsOf(SHAPE_A));

  // The same of a change: among rows that are as they should be.
  await database.query(`update opportunities set description = 'changed'`);
  const second = await widen(database, 11);
  await expect(sync({ databaseUrl })).rejects.toMatchObject({
    code: 'too-many-rejects',
    message: expect.stringContaining(`the rows of key ${second.key} (54000)`),
  });
  await sync({ databaseUrl, maxRejects: second.rows });
  expect((await putAside(database)).map(({ key }) => key).sort()).toEqual([first.key, second.key].sort());
  await expectEqual(client, pairsOf(SHAPE_A));

  // And of a re-run, once the rows fit.
  await database.query(`update app_opportunities set ${WIDE.map((name) => `${name} = null`).join(', ')}`);
  await sync({ databaseUrl });
  expect(await putAside(database)).toEqual([]);
  expect(await verify({ databaseUrl, strict: true })).toMatchObject({ equal: true });
});

test('a json with an escaped NUL does not stop the completion, nor any other verb', async () => {
  const database = await createTestDatabase('escaped_nul');
  const databaseUrl = database.url;
  await fill(database, { mixture: SHAPE_A, submissions: 60, oddShare: 0.3 });
  await loosen(database, SHAPE_A);
  const json = String.raw`'{"nul": "\u0000", "lone": "\ud800", "n": 1e400000}'::json`;
  for (const table of [
    'opportunities',
    'app_opportunities',
    'workflow_results',
    'market_validations',
    'score_components',
  ])
    await database.query(`alter table ${table} add column loose json default ${json}`);
  // Kept as json, and summed up or converted from there.
  await database.query(
    `alter table market_validations alter evidence type json using ${json};
     alter table app_opportunities alter core_functions type json using '["\\u0000", "one"]'::json;
     alter table competitive_landscape add column loose json default ${json}`,
  );
  const report = await run({ databaseUrl, batchSize: 50 });
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
  await expectEqual(await database.client(), pairsOf(SHAPE_A));
  await database.query(
    `insert into competitive_landscape (opportunity_id, competitor_name)
       select opportunities_id, 'A rival' from opportunity_duplicates where source = 'opportunities'`,
  );
  await sync({ databaseUrl });
  await cutOver(database);
  const done = await complete({ databaseUrl });
  expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect(done.phases[1]?.repointed).toBeGreaterThan(0);
  const { rows } = await database.query<{ n: number; same: boolean }>(
    `select count(*)::int as n, bool_and(row_before ->> 'loose' = ${json}::text) as same from drydock.repointed`,
  );
  expect(rows).toEqual([{ n: done.phases[1]?.repointed, same: true }]);
});

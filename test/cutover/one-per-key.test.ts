import { expect, test } from 'vitest';
import { complete, sync, verify } from '../../src/index.js';
import { cutOver, inHarbour } from './at-sea.js';

test('records name their assessment by its key: written directly, re-pointed when the phase is completed', async () => {
  const database = await inHarbour('B');
  const databaseUrl = database.url;
  await database.query(`
    create table audits (score_id uuid references opportunity_scores (id) on delete cascade);
    insert into audits select opportunity_scores_id from opportunity_assessment_records where source = 'opportunity_scores'`);
  await cutOver(database);

  const insert = `insert into opportunity_assessment_records (source, merge_key, market_validations_opportunity_id, market_validations_validation_type)
    values ('market_validations', $1, $1, 'written directly')`;
  const { rows: assessed } = await database.query<{ id: string }>(
    `select opportunity_id as id from opportunity_assessments where opportunity_id in (select id from opportunities) order by 1 limit 1`,
  );
  const opportunity = assessed[0]?.id;
  await database.query(insert, [opportunity]);
  expect(
    (
      await database.query(
        `select opportunity_id as id from market_validations where validation_type = 'written directly'`,
      )
    ).rows,
  ).toEqual(assessed);
  await expect(database.query(insert, ['00000000-0000-0000-0000-000000000000'])).rejects.toMatchObject({
    constraint: 'drydock_merge_key',
  });
  const elsewhere = `update opportunity_assessment_records set merge_key = gen_random_uuid() where market_validations_validation_type = 'written directly'`;
  await expect(database.query(elsewhere)).rejects.toMatchObject({ constraint: 'drydock_folded' });
  await sync({ databaseUrl });
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });

  const named = `select count(*)::int as n, count(a.id)::int as known from audits x left join opportunity_assessments a on a.id = x.score_id`;
  const [before] = (await database.query<{ n: number; known: number }>(named)).rows;
  expect(before?.n).toBeGreaterThan(0);
  expect(before?.known).toBe(0);
  const done = await complete({ databaseUrl });
  expect(done.phases.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect((await database.query(named)).rows).toEqual([{ n: before?.n, known: before?.n }]);
});

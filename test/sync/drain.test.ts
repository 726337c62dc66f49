import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { sync, verify } from '../../src/index.js';
import { atSea } from '../cutover/at-sea.js';
import { prepared } from '../support/prepared.js';

test('a portion that cannot be serialized is tried again with fewer changes', async () => {
  const database = await prepared({
    mixture: mixtureOf({}),
    submissions: 100,
    oddShare: 0,
    run: { batchSize: 150 },
  });
  // As if writers met every transaction that takes more than a few rows.
  await database.query(`
    create function meet() returns trigger language plpgsql as $$ begin
      if (select count(*) from n) > 40 then raise serialization_failure; end if; return null; end $$;
    create trigger meet after insert on opportunities_unified referencing new table as n for each statement execute function meet();
    create trigger meet_too after update on opportunities_unified referencing new table as n for each statement execute function meet();
    alter table opportunities_unified enable always trigger meet, enable always trigger meet_too`);
  const { rows } = await database.query<{ n: number }>(
    `with u as (update public.opportunities set app_name = 'first' returning 1) select count(*)::int as n from u`,
  );
  expect(rows[0]?.n).toBeGreaterThan(40);
  const { phases } = await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(phases).toMatchObject([{ backlog: 0 }]);
  expect(phases[0]?.keys).toBeGreaterThan(40);
  expect(await verify({ databaseUrl: database.url, phases: ['opportunities'] })).toMatchObject({
    equal: true,
  });
});

test('what waits for the keys of a portion is applied along with it, and no key is computed twice', async () => {
  const database = await prepared({
    mixture: mixtureOf({}),
    submissions: 100,
    oddShare: 0,
    run: { batchSize: 150 },
  });
  // So that a portion takes a few changes at a time.
  await database.query(`
    create function meet() returns trigger language plpgsql as $$ begin
      if (select count(*) from n) > 40 then raise serialization_failure; end if; return null; end $$;
    create trigger meet after update on opportunities_unified referencing new table as n for each statement execute function meet();
    alter table opportunities_unified enable always trigger meet`);
  await database.query(`update opportunities set app_name = app_name || '!'`);
  await database.query(`update app_opportunities set title = title || '!'`);
  await database.query(`update opportunities set app_name = app_name || '!'`);
  const { rows } = await database.query<{ n: number }>(
    'select count(distinct merge_key)::int as n from opportunities_unified where from_opportunities or from_app_opportunities',
  );
  const { phases } = await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(phases).toMatchObject([{ backlog: 0, keys: rows[0]?.n }]);
  expect(await verify({ databaseUrl: database.url, phases: ['opportunities'] })).toMatchObject({
    equal: true,
  });
});

test('a portion takes no row away whose new key only a later portion tells', async () => {
  const database = await prepared({
    mixture: mixtureOf({}),
    submissions: 40,
    oddShare: 0,
    run: { batchSize: 150 },
  });
  // As if only the smallest portions went through: the key's own change, without all of those that move its rows.
  await database.query(`
    create function meet() returns trigger language plpgsql as $$ begin
      if (select count(*) from n) > 2 then raise serialization_failure; end if; return null; end $$;
    create trigger meet after delete on drydock.changes referencing old table as n for each statement execute function meet()`);
  const { rows } = await database.query<{ id: string; submission: string }>(
    `select o.id, s.id as submission from opportunities o join submissions s on s.id = o.identified_from_submission_id
     where exists (select from app_opportunities a where a.submission_id = s.submission_id) order by 1 limit 1`,
  );
  await database.query(
    `update opportunities set app_name = 'changed first' where id = $1 or id = (select max(id::text)::uuid from opportunities)`,
    [rows[0]?.id],
  );
  await database.query(`update submissions set submission_id = 'renamed' where id = $1`, [
    rows[0]?.submission,
  ]);
  await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  expect(await verify({ databaseUrl: database.url, phases: ['opportunities'] })).toMatchObject({
    equal: true,
  });
});

test('a portion passes however often applications write the same rows of the unified table', async () => {
  const database = await atSea('A');
  const { rows } = await database.query<{ id: string }>(
    'select id from opportunities_unified where from_opportunities order by id limit 20',
  );
  const ids = rows.map(({ id }) => id);
  await database.query(`update opportunities set description = 'under the old name' where id = any ($1)`, [
    ids,
  ]);
  const application = await database.client();
  let [writing, written] = [true, 0];
  const writer = (async () => {
    while (writing) {
      await application.query('update opportunities_unified set target_audience = $2 where id = any ($1)', [
        ids,
        `direct ${written}`,
      ]);
      written += 1;
    }
  })();
  try {
    await sync({ databaseUrl: database.url, phases: ['opportunities'] });
  } finally {
    writing = false;
    await writer;
  }
  await sync({ databaseUrl: database.url });
  const { rows: merged } = await database.query(
    'select distinct description, target_audience from opportunities_unified where id = any ($1)',
    [ids],
  );
  expect(merged).toEqual([{ description: 'under the old name', target_audience: `direct ${written - 1}` }]);
});

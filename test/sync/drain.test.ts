import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { sync, verify } from '../../src/index.js';
import { prepared } from '../run/prepared.js';

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

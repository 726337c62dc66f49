import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { refresh, run } from '../../src/index.js';
import { PHASES } from '../support/phases.js';
import { prepared } from '../support/prepared.js';

test('a name that is longer than an index takes does not stop the views', async () => {
  // Hashes, because an index would take what can be compressed.
  const long = `(select string_agg(md5(n::text), '') from generate_series(1, 400) n)`;
  const database = await prepared({
    mixture: mixtureOf({ opportunities: 'A', appOpportunities: 'dlt', marketValidations: 'A' }),
    submissions: 20,
    oddShare: 0,
    sql: `alter table public.app_opportunities add column llm_model text, add column llm_cost_usd float8;
      alter table public.market_validations alter column validation_type type text;
      update public.app_opportunities set subreddit = ${long}, llm_model = ${long}, llm_cost_usd = 1;
      update public.market_validations set validation_type = ${long}`,
  });
  const options = { databaseUrl: database.url, batchSize: 100 };
  expect(await run({ ...options, phases: PHASES })).toMatchObject({ outcome: 'done' });
  expect(
    (await refresh({ databaseUrl: database.url, force: true })).views.every(({ refreshed }) => refreshed),
  ).toBe(true);
  const { rows } = await database.query(
    `select (select max(length(subreddit)) from mv_opportunity_trends) as subreddit, (select max(length(model)) from mv_llm_usage) as model,
       (select max(length(validation_type)) from mv_validation_summary) as type`,
  );
  expect(rows).toEqual([{ subreddit: 600, model: 600, type: 600 }]);
});

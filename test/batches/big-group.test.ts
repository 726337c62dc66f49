import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import type { RunReport } from '../../src/index.js';
import { drydock } from '../cli/process.js';
import { prepared } from '../support/prepared.js';

const ROWS = 20_000;

/** Bytes of our process at the most: its 60,000 rows in a single group, 90 MB of text, notwithstanding. */
const MOST_MEMORY = 300 << 20;

test('one submission with twenty thousand rows in each table, half of them one idea and half an idea each', async () => {
  const mixture = mixtureOf({ appOpportunities: 'dlt', scoreComponents: 'none' });
  const key = '77777777-7777-4777-8777-777777777777';
  const idea = `case when i % 2 = 0 then 'the same' else 'idea ' || i end`;
  const time = `'2025-01-01'::timestamptz + i * interval '1 s'`;
  const database = await prepared({ mixture, submissions: 20, oddShare: 0 });
  await database.query(`
    insert into public.submissions (id, submission_id, title) values ('${key}', 'bigone', 'big');
    insert into public.opportunities (id, problem_statement, app_name, identified_from_submission_id, proposed_solution, created_at)
      select md5('o' || i)::uuid, ${idea}, ${idea}, '${key}', repeat(md5(i::text), 60), ${time}
      from generate_series(1, ${ROWS}) i;
    insert into public.app_opportunities (submission_id, title, app_concept, created_at, _dlt_load_id, _dlt_id)
      select case i % 3 when 0 then 'bigone' when 1 then 't3_bigone' else 'opp_bigone' end, ${idea}, repeat(md5(i::text), 60),
        ${time}, '1', md5('a' || i % 15000)
      from generate_series(1, ${ROWS}) i;
    insert into public.market_validations (opportunity_id, validation_type, validation_result)
      select md5('o' || 1 + i % 2)::uuid, 'type ' || i, repeat(md5(i::text), 10) from generate_series(1, ${ROWS}) i;
    analyze public.opportunities, public.app_opportunities, public.market_validations`);
  const { status, stdout } = await drydock([
    'run',
    '--json',
    '--database-url',
    database.url,
    '--batch-size',
    '1000',
  ]);
  expect(status).toBe(0);
  const report = JSON.parse(stdout) as RunReport;
  expect(report).toMatchObject({ outcome: 'done', phases: Array(3).fill({ state: 'verified' }) });
  expect(report.peakRssBytes).toBeLessThan(MOST_MEMORY);
  const { rows } = await database.query<{ primaries: number; folded: number }>(
    `select (select count(*)::int from public.opportunities_unified where merge_key = $1) as primaries,
       (select count(*)::int from public.opportunity_duplicates where merge_key = $1 and source = 'opportunities') as folded`,
    [key],
  );
  expect(rows).toEqual([{ primaries: ROWS / 2 + 1, folded: ROWS / 2 - 1 }]);
});

import { expect, test } from 'vitest';
import { complete, rollback, run, sync, verify } from '../../src/index.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { prepared } from '../support/prepared.js';
import { cutOver, MIXTURES } from './at-sea.js';

const CHANGES = `
  update opportunities set problem_statement = problem_statement || '!';
  delete from app_opportunities where submission_id in (select submission_id from app_opportunities group by 1 having count(*) > 1)`;
const DIRECT = `
  update opportunities_unified set problem_statement = 'direct' where from_opportunities and id not in (select unified_id from opportunity_duplicates);
  delete from opportunities_unified where id = (select unified_id from opportunity_duplicates order by 1 limit 1)`;

test('a database that publishes all of its tables is loaded, synced, cut over and taken back', async () => {
  const database = await prepared({ mixture: MIXTURES.B, submissions: 120, oddShare: 0.05 });
  const databaseUrl = database.url;
  const target = { databaseUrl, phases: UNIFYING_PHASES };
  // Postgres then deletes from no table that says by nothing which row it is.
  await database.query('create publication everything for all tables');
  expect(await run({ databaseUrl })).toMatchObject({ outcome: 'done' });
  await database.query(CHANGES);
  await sync({ databaseUrl });
  await run({ ...target, batches: { from: 1, to: 1 } });
  const report = await cutOver(database);
  expect(report.phases.map(({ outcome }) => outcome)).toEqual(['cut-over', 'cut-over']);
  await database.query(CHANGES);
  await database.query(DIRECT);
  await sync({ databaseUrl });
  expect(await verify(target)).toMatchObject({ equal: true });
  await rollback(target);
  await cutOver(database);
  await complete(target);
  const { rows } = await database.query(
    `select relreplident as by from pg_class where oid = 'opportunities_unified'::regclass`,
  );
  expect(rows).toEqual([{ by: 'd' }]);
});

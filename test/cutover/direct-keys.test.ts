import { expect, test } from 'vitest';
import { sync, verify } from '../../src/index.js';
import { UNIFYING_PHASES } from '../support/phases.js';
import { atSea } from './at-sea.js';

test.each([
  ['A', 'reddit_id'],
  ['B', 'submission_id'],
] as const)('in %s, what leaves a key by a direct write leaves nothing behind there', async (shape, id) => {
  const database = await atSea(shape);
  await database.query(
    `insert into submissions (${id}, title) values ('away1', 'One'), ('away2', 'Two'), ('away3', 'Three')`,
  );
  const { rowCount } = await database.query(
    `update opportunities_unified set from_app_opportunities = false
     where from_app_opportunities and from_opportunities and id not in (select unified_id from opportunity_duplicates)`,
  );
  expect(rowCount).toBeGreaterThan(10);
  const rows = [
    `(select unified_id from opportunity_duplicates where source = 'opportunities' order by 1 limit 1)`,
    `(select unified_id from opportunity_duplicates where source = 'app_opportunities' order by 1 limit 1)`,
    `(select id from opportunities_unified where from_opportunities and submission_id is not null and id not in (select unified_id from opportunity_duplicates) order by id desc limit 1)`,
  ];
  for (const [at, row] of rows.entries()) {
    await database.query(
      `update opportunities_unified set submission_id = (select id from submissions where ${id} = 'away${at + 1}') where id = ${row}`,
    );
  }
  await sync({ databaseUrl: database.url });
  expect(await verify({ databaseUrl: database.url, phases: UNIFYING_PHASES, strict: true })).toMatchObject({
    equal: true,
  });
});

import { expect, test } from 'vitest';
import { SHAPE_B } from '../../fixtures/mixture.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase } from '../support/database.js';
import { judgeTables, openJournal } from './journal.js';
import { tablesOf } from './tables.js';

/** What somebody might do to the tables that no writer has journaled, and how the oracle calls it. */
const HARM: readonly (readonly [string, string, RegExp])[] = [
  [
    'a row lost',
    'delete from market_validations where id = (select id from market_validations limit 1)',
    /found nothing/,
  ],
  [
    'a row that nobody wrote',
    `insert into submissions (submission_id, title) values ('x', 'x')`,
    /expected nothing/,
  ],
  [
    'a change lost',
    `update workflow_results set ai_insight = 'older' where id = (select id from workflow_results limit 1)`,
    /found older/,
  ],
  [
    'a change done twice',
    `update submissions set upvotes = upvotes + 5 where content = 'bank' and id = (select id from submissions where content = 'bank' limit 1)`,
    /the sum of the bank is 24005/,
  ],
  [
    'a write to the unified table that did not arrive',
    `insert into afloat.direct select id, 'w1.1' from opportunities limit 1`,
    /written to the unified table/,
  ],
];

test('the oracle is content with what was journaled, and with nothing else', async () => {
  const database = await createTestDatabase('journal');
  await fill(database, { mixture: SHAPE_B, submissions: 20, oddShare: 0 });
  const client = await database.client();
  const tables = tablesOf('table');
  await openJournal(client, tables);
  expect(await judgeTables(client, tables, 'now')).toEqual([]);
  for (const [what, harm, told] of HARM) {
    await client.query('begin');
    await client.query(harm);
    expect((await judgeTables(client, tables, 'now')).join('\n'), what).toMatch(told);
    await client.query('rollback');
  }
});

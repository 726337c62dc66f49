import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { plan, run } from '../../src/index.js';
import { crm, customers, shop } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';

test('a plan says by what rows match, and how many meet', async () => {
  const database = await createTestDatabase('matches');
  await createShop(database);
  const { phases } = await plan({ databaseUrl: database.url, project: projectOf([customers]) });
  const matches = phases[0]?.matches;
  const steps = Object.fromEntries(
    (matches?.ladders ?? []).map(({ table, steps }) => [table, steps.map(({ step, rows }) => [step, rows])]),
  );
  // 20 blank mails and 16 nulls of 220 rows; of 150, 30 point to a row and 9 of the others have no mail.
  const counted = async (sql: string) => Number((await database.query(sql)).rows[0]?.n);
  const blank = await counted(
    `select count(*) as n from shop_customers where coalesce(trim(email), '') = ''`,
  );
  const pointing = await counted(
    `select count(*) as n from crm_people where shop_id in (select id from shop_customers)`,
  );
  const lost = await counted(
    `select count(*) as n from crm_people where mail = 'n/a' and coalesce(shop_id, 99999) = 99999`,
  );
  expect(steps).toEqual({
    shop_customers: [
      ['same email', 220 - blank],
      ['itself', blank],
    ],
    crm_people: [
      ['points to shop_customers (shop_id)', pointing],
      ['same email', 150 - pointing - lost],
      ['itself', lost],
    ],
  });
  const keys = (matches?.groups ?? []).reduce((sum, group) => sum + group.keys, 0);
  await run({ databaseUrl: database.url, project: projectOf([customers]) });
  expect(keys).toBe(await counted('select count(distinct merge_key) as n from customers_unified'));
  expect(matches?.largest[0]?.examples.join()).toContain('shop_customers');
});

test('a group that is too large, and a column that nothing can be made of, stop a run before it writes', async () => {
  const database = await createTestDatabase('too_large');
  await createShop(database);
  const databaseUrl = database.url;
  const declared = (largestGroup: number, column: d.ConsolidationOptions['columns']) =>
    projectOf([
      d.consolidation('customers', { into: 'unified', sources: [shop, crm], columns: column, largestGroup }),
    ]);
  const small = declared(3, { name: d.text(shop.full_name, crm.name) });
  expect((await plan({ databaseUrl, project: small })).stops).toMatchObject([
    { code: 'large-group', message: expect.stringContaining('shop_customers') },
    { code: 'large-group' },
    { code: 'large-group' },
  ]);
  await expect(run({ databaseUrl, project: small })).rejects.toMatchObject({ code: 'large-group' });
  const odd = declared(100, { n: d.id(shop.loyalty as never) });
  await expect(run({ databaseUrl, project: odd })).rejects.toMatchObject({
    code: 'no-conversion',
    message: expect.stringContaining('shop_customers.loyalty is of type numeric(4,3)'),
  });
  expect(
    (
      await database.query(
        `select to_regnamespace('drydock') is null and to_regclass('unified') is null as clean`,
      )
    ).rows,
  ).toEqual([{ clean: true }]);
});

test('a plan counts no duplicates among what a veto keeps apart, and says where pointers lead nowhere', async () => {
  const database = await createTestDatabase('parted');
  await createShop(database);
  // Of three rows with the mail of person 4, one says a number, one another, and one none; there are five more without it.
  await database.query(`insert into shop_customers (email, full_name, zip) values
    ('mail4@shop.example', 'One', '11'), ('mail4@shop.example', 'Another', '22'), ('mail4@shop.example', 'The same', ' 11')`);
  const vetoed = d.consolidation('customers', {
    into: 'customers_unified',
    sources: [shop, crm],
    columns: { name: d.text(shop.full_name, crm.name), state: d.words({ lead: 'Lead' })(shop.state) },
    veto: d.differs(d.trimmed, shop.zip),
  });
  const target = { databaseUrl: database.url, project: projectOf([vetoed]) };
  const { phases, warnings } = await plan(target);
  await run(target);
  const { rows } = await database.query(
    `select 'shop_customers' as table, count(*) filter (where source = 'shop_customers')::int as duplicates from customers_unified_duplicates
     union all select 'crm_people', count(*) filter (where source = 'crm_people')::int from customers_unified_duplicates`,
  );
  expect(phases[0]?.sources.map(({ table, duplicates }) => ({ table, duplicates }))).toEqual(rows);
  const parted = await database.query(
    `select count(*)::int as n from (select from customers_unified group by merge_key having count(*) > 1) k`,
  );
  expect(phases[0]?.matches?.parted).toBe(parted.rows[0]?.n);
  expect(warnings.join()).toContain('rows of crm_people point to a row that is not there; the next step');
  expect(phases[0]?.unmapped[0]).toMatchObject({ column: 'state', becomes: null });
});

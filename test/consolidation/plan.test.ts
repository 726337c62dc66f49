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

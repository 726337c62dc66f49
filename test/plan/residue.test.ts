import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { plan, run } from '../../src/index.js';
import { createShop } from '../consolidation/shop-database.js';
import { crm, customers, shop } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';

test('a plan says which columns will cost residue, and what would spare it, to the row', async () => {
  const database = await createTestDatabase('residue');
  const databaseUrl = database.url;
  await createShop(database);
  const planned = (await plan({ databaseUrl, project: projectOf([customers]) })).phases[0]?.residue;
  const counted = Object.fromEntries(
    (planned?.columns ?? []).map(({ table, column, residue }) => [`${table === 'crm_people' ? 'crm' : 'shop'}.${column}`, residue]),
  );
  await run({ databaseUrl, project: projectOf([customers]) });
  const { rows } = await database.query(
    `select e.key, count(*)::int as n from customers_unified u, jsonb_each(u.residue) e group by 1`,
  );
  expect(counted).toEqual(Object.fromEntries(rows.map(({ key, n }) => [key, n])));
  expect(Object.keys(counted).length).toBeGreaterThan(5);
  const { rows: primary } = await database.query(`select count(*)::int as n from customers_unified where from_crm_people`);
  const byColumn = new Map((planned?.columns ?? []).map((one) => [`${one.table}.${one.column}`, one]));
  expect(byColumn.get('crm_people.score')).toMatchObject({ into: ['loyalty'], rows: primary[0]?.n, proposal: '.else(crm_people.score)' });
  // The first one, and those that survive together, have nothing to give way to.
  expect(byColumn.get('shop_customers.state')?.proposal).toBe(null);
  expect(byColumn.get('crm_people.town')?.proposal).toBe(null);

  // What is proposed costs none.
  const spared = projectOf([
    d.consolidation('spared', {
      into: 'spared',
      sources: [shop, crm],
      columns: { loyalty: d.score(d.unit(shop.loyalty)).else(d.percent(crm.score)) },
    }),
  ]);
  const other = await createTestDatabase('spared');
  await createShop(other);
  const { phases } = await plan({ databaseUrl: other.url, project: spared });
  expect(phases[0]?.residue?.columns.map(({ table, column }) => `${table}.${column}`)).toEqual(['shop_customers.loyalty']);
}); // biome-ignore format: long lines

test('of many rows some keys are merged, and stand for all', async () => {
  const database = await createTestDatabase('sampled');
  const databaseUrl = database.url;
  await database.query(`
    create table a (id int primary key, name text);
    create table b (id int primary key, name text);
    insert into a select i, 'name ' || i from generate_series(1, 12000) i;
    insert into b select i, case when i % 4 = 0 then 'other' else 'name ' || i end from generate_series(1, 12000) i`);
  const [a, b] = ['a', 'b'].map((table) =>
    d.source<{ id: number; name: string }>(table, { identity: ['id'], match: [d.same(d.exact, 'id')] }),
  ) as [d.Source<{ id: number; name: string }>, d.Source<{ id: number; name: string }>];
  const project = projectOf([
    d.consolidation('both', { into: 'u', sources: [a, b], columns: { name: d.text(a.name, b.name) } }),
  ]);
  const residue = (await plan({ databaseUrl, project })).phases[0]?.residue;
  expect(residue?.oneIn).toBe(2);
  const [only] = residue?.columns ?? [];
  expect(only).toMatchObject({ table: 'b', column: 'name', proposal: '.else(b.name)' });
  expect((only?.rows ?? 0) / 6000).toBeCloseTo(1, 1);
  expect((only?.residue ?? 0) / (only?.rows ?? 1)).toBeCloseTo(0.25, 1);
});

test('a plan counts what folding beyond ASCII would join', async () => {
  const database = await createTestDatabase('folding');
  await database.query(`
    create table a (id int primary key, mail text, name text);
    insert into a values (1, 'MÜLLER@x.example', 'É'), (2, ' müller@X.example', e'e\\u0301'), (3, 'muller@x.example', 'Σ'), (4, 'Größe@x.example', 'x'), (5, 'größe@x.example', null)`);
  const a = d.source<{ id: number; mail: string; name: string }>('a', {
    identity: ['id'],
    match: [d.same(d.email, 'mail'), d.same(d.exact, 'name')],
  });
  const project = projectOf([d.consolidation('c', { into: 'u', sources: [a], columns: {} })]);
  const { phases } = await plan({ databaseUrl: database.url, project });
  expect(phases[0]?.matches?.folding).toEqual([
    { key: 'email', values: 3, joined: 1, examples: [['mÜller@x.example', 'müller@x.example']] },
  ]);
});

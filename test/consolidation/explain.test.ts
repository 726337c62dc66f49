import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { complete, cutover, explain, run, sync } from '../../src/index.js';
import type { ExplainReport } from '../../src/reports/explain.js';
import { crm, customers, shop } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';

/** What a report says that is the same in every state of a phase. */
const story = ({ things }: ExplainReport) => things.map(({ stored: _, differing: __, ...rest }) => rest);

test('one thing is told in every state: its rows, what joined them, who gave which value, what lost and what is residue', async () => {
  const database = await createTestDatabase('explain');
  const databaseUrl = database.url;
  const project = projectOf([customers]);
  await createShop(database);
  // A customer, her twin, the person of the CRM that points to her, and one that has her mail.
  await database.query(`
    insert into shop_customers (id, email, full_name, city, loyalty, state, created_at, updated_at) values
      (1001, 'Eve@x.example', 'Eve', 'Rom', 0.5, 'LEAD', '2024-01-01Z', '2024-02-01Z'),
      (1002, ' eve@X.example', 'Eve the twin', 'Ulm', 7, 'Lead', '2024-01-02Z', '2024-01-03Z');
    insert into crm_people (ref, shop_id, mail, name, town, score, status, imported_at, changed_at) values
      ('E-1', 1001, 'other@x.example', 'Eva', 'Rom', 50, 'what?', '2023-01-01Z', '2025-01-01Z')`);
  const before = await explain({ databaseUrl, project, key: 'shop_customers:1002' });
  expect(before).toMatchObject({
    phase: 'customers',
    state: 'new',
    asked: 'shop_customers:1002',
    moreRows: 0,
  });
  const [thing, ...others] = before.things;
  expect(others).toEqual([]);
  expect(thing?.stored).toBeNull();
  expect(
    thing?.rows.map(({ table, row, asked, step, value, outcome }) => [
      table,
      row,
      asked,
      step,
      value,
      outcome,
    ]),
  ).toEqual([
    ['shop_customers', '1001', false, 'same email', 'eve@x.example', 'counts'],
    ['shop_customers', '1002', true, 'same email', 'eve@x.example', 'duplicate'],
    ['crm_people', 'E-1', false, 'points to shop_customers (shop_id)', null, 'counts'],
  ]);
  const column = (name: string) => thing?.columns.find((one) => one.column === name);
  // The CRM's row was changed last.
  expect(column('name')).toMatchObject({
    value: 'Eva',
    from: { table: 'crm_people', row: 'E-1', column: 'name', value: 'Eva' },
    lost: [
      { row: '1001', value: 'Eve' },
      { row: '1002', value: 'Eve the twin' },
    ],
  });
  expect(column('loyalty')).toMatchObject({
    value: '50.00',
    from: { table: 'shop_customers', column: 'loyalty', value: '0.500' },
    agreed: [{ table: 'crm_people', column: 'score', value: '50' }],
    lost: [{ row: '1002', value: '7.000' }],
  });
  expect(column('state')).toMatchObject({
    value: 'lead',
    from: { row: '1001', value: 'LEAD' },
    lost: [{ row: 'E-1', value: 'what?' }],
  });
  expect(column('created_at')).toMatchObject({ value: '2023-01-01 00:00:00+00', from: null });
  expect(thing?.rows[0]?.residue).toEqual({ full_name: 'Eve', email: 'Eve@x.example', state: 'LEAD' });
  expect(thing?.rows[2]?.residue).toMatchObject({ status: 'what?' });
  expect(thing?.rows[0]?.values).toMatchObject({ city: 'Rom', loyalty: '0.500' });

  await run({ databaseUrl, project });
  const loaded = await explain({ databaseUrl, project, key: thing?.id ?? '' });
  expect(loaded.things[0]).toMatchObject({ stored: 'same', differing: [] });
  const unasked = (report: ExplainReport) =>
    JSON.parse(JSON.stringify(story(report)).replaceAll('"asked":true', '"asked":false'));
  expect(unasked(loaded)).toEqual(unasked(before));
  expect(story(await explain({ databaseUrl, project, key: loaded.key }))).toEqual(story(loaded));

  await database.query(`update shop_customers set city = 'Bonn' where id = 1001`);
  const waiting = await explain({ databaseUrl, project, key: 'shop_customers:1001' });
  expect(waiting.things[0]).toMatchObject({ stored: 'differs', differing: expect.arrayContaining(['city']) });
  await sync({ databaseUrl, project });
  await cutover({ databaseUrl, project, noBackup: true });
  await database.query(`update shop_customers set zip = '00001' where id = 1001`);
  await sync({ databaseUrl, project });
  const over = await explain({ databaseUrl, project, key: 'crm_people:E-1' });
  expect(over).toMatchObject({ state: 'cut-over', things: [{ stored: 'same' }] });
  await complete({ databaseUrl, project });
  const done = await explain({ databaseUrl, project, key: 'crm_people:E-1' });
  expect(done).toMatchObject({ state: 'completed', things: [{ stored: 'same' }] });
  expect(story(done)).toEqual(story(over));
  // What is written then is in the unified table alone.
  await database.query(`update customers_unified set city = 'Kiel' where id = $1::uuid`, [thing?.id]);
  const after = await explain({ databaseUrl, project, key: 'shop_customers:1001' });
  expect(after.things[0]?.columns.find((one) => one.column === 'city')?.value).toBe('Kiel');
});

test('what a veto keeps apart are several things, values that the server works out have their SQL, and names of nothing are refused', async () => {
  const database = await createTestDatabase('explain_parted');
  const databaseUrl = database.url;
  await createShop(database);
  await database.query(`insert into shop_customers (id, email, full_name, zip) values
    (1001, 'a@x.example', 'One', '11'), (1002, 'a@x.example', 'Another', '22'), (1003, 'a@x.example', 'The same', ' 11')`);
  const project = projectOf([
    d.consolidation('customers', {
      into: 'customers_unified',
      sources: [shop, crm],
      columns: {
        sizes: d.as('smallint[]', d.computed(shop, 'array[length(full_name), 7]')),
        name: d.text(d.computed(shop, 'upper(full_name)'), crm.name),
      },
      veto: d.differs(d.trimmed, shop.zip),
    }),
  ]);
  const { things } = await explain({ databaseUrl, project, key: 'shop_customers:1003' });
  const outcomes = things.map(({ rows }) => rows.map(({ row, outcome }) => `${row} ${outcome}`).join());
  expect(outcomes.sort()).toEqual(['1001 counts,1003 duplicate', '1002 counts']);
  const another = things.find(({ rows }) => rows.some(({ row }) => row === '1002'));
  expect(another?.columns).toMatchObject([
    { column: 'sizes', value: '{7,7}', from: { table: 'shop_customers', row: '1002' } },
    { column: 'name', value: 'ANOTHER', from: { column: expect.stringContaining('upper(full_name)') } },
  ]);
  for (const key of [
    'shop_customers:999999',
    'shop_customers:nonsense',
    'nobody:1',
    '00000000-0000-4000-8000-000000000000',
    'x',
  ])
    await expect(explain({ databaseUrl, project, key })).rejects.toMatchObject({ code: 'not-found' });
});

test('days, moments, copied values and those whose conversion another column chooses say the same where a run takes them for the same', async () => {
  const database = await createTestDatabase('explain_types');
  await database.query(`
    create table tills (id int primary key, code text not null, day date, at timestamptz, tags smallint[], kind text, cents numeric);
    create table shops (id int primary key, code text not null, day text, at timestamp, tags smallint[], kind text, euros numeric);
    insert into tills values (1, 'a', '2024-02-29', '2024-02-29 12:00Z', '{1,2}', 'cents', 1250);
    insert into shops values (7, 'a', '2024-02-29', '2024-02-29 12:00', '{1,2}', 'euros', 12.5)`);
  const till = d.source<Record<'id' | 'code' | 'day' | 'at' | 'tags' | 'kind' | 'cents', never>>('tills', {
    identity: ['id'],
    match: [d.same(d.exact, 'code')],
  });
  const shopOf = d.source<Record<'id' | 'code' | 'day' | 'at' | 'tags' | 'kind' | 'euros', never>>('shops', {
    identity: ['id'],
    match: [d.same(d.exact, 'code')],
  });
  const project = projectOf([
    d.consolidation('sales', {
      into: 'sales',
      sources: [till, shopOf],
      columns: {
        day: d.date(till.day, shopOf.day),
        at: d.moment(till.at, d.inZone(shopOf.at, 'UTC')),
        tags: d.as('smallint[]', till.tags, shopOf.tags),
        amount: d.numeric(
          d.when(till.kind, { cents: d.times(till.cents, '0.01') }, till.cents),
          shopOf.euros,
        ),
      },
    }),
  ]);
  const { things } = await explain({ databaseUrl: database.url, project, key: 'tills:1' });
  const columns = things[0]?.columns.map(({ column, from, agreed, lost }) => [
    column,
    from?.table,
    agreed.map(({ table }) => table),
    lost,
  ]);
  expect(columns).toEqual(['day', 'at', 'tags', 'amount'].map((name) => [name, 'tills', ['shops'], []]));
});

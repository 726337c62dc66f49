import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { plan, run } from '../../src/index.js';
import { detectLegacy } from '../../src/legacy/detect.js';
import { type KeySurvey, surveyKeys } from '../../src/plan/key-survey.js';
import { type Crm, crm, customers, type Shop, shop } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
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

test('a plan says why rows found no key, which value many share, what sources disagree on, and by what each row is joined', async () => {
  const database = await createTestDatabase('why');
  const databaseUrl = database.url;
  await createShop(database);
  await database.query(
    `insert into shop_customers (email, full_name) select 'Info@agency.example', 'Agency ' || i from generate_series(1, 40) i`,
  );
  const mail = d.email.none(['mail9@shop.example']);
  const a = d.source<Shop>('shop_customers', {
    identity: ['id'],
    match: [d.same(mail, 'email')],
    prefix: 'shop',
  });
  const b = d.source<Crm>('crm_people', {
    identity: ['ref'],
    match: [d.via(a, 'shop_id'), d.same(mail, 'mail')],
    prefix: 'crm',
  });
  const declared = (more: Partial<d.ConsolidationOptions>) =>
    projectOf([
      d.consolidation('customers', {
        into: 'unified',
        sources: [a, b],
        columns: {
          name: d.text(a.full_name, b.name),
          loyalty: d.score(d.unit(a.loyalty), d.percent(b.score)),
        },
        largestGroup: 30,
        ...more,
      }),
    ]);
  const { phases, stops } = await plan({ databaseUrl, project: declared({}) });
  const matches = phases[0]?.matches;
  const counted = async (sql: string) =>
    Number((await database.query(`select count(*) as n from ${sql}`)).rows[0]?.n);
  expect(matches?.ladders[0]?.steps[0]?.without).toEqual({
    null: await counted('shop_customers where email is null'),
    blank: await counted(`shop_customers where trim(email) = ''`),
    excepted: 1,
    dangling: 0,
  });
  expect(matches?.ladders[1]?.steps[0]?.without).toMatchObject({
    null: await counted('crm_people where shop_id is null'),
    dangling: await counted('crm_people where shop_id = 99999'),
  });
  expect(matches?.largest[0]).toMatchObject({
    rows: 40,
    shown: [{ step: 'same email', value: 'info@agency.example' }, {}, {}],
  });
  expect(stops).toMatchObject([
    {
      code: 'large-group',
      message: expect.stringContaining('by same email "info@agency.example"'),
      next: expect.stringContaining('acceptedGroups: ["info@agency.example"]'),
    },
  ]);
  const accepted = declared({ acceptedGroups: ['info@agency.example'] });
  expect((await plan({ databaseUrl, project: accepted })).stops).toEqual([]);

  // Both say a name of 42 people at the most, and never the same one; what one of them leaves out is no disagreement.
  const both = `shop_customers s join crm_people c on c.shop_id = s.id`;
  const name = matches?.disagreements.find(({ column }) => column === 'name');
  expect(name?.differ).toBe(name?.things);
  expect(name?.things).toBeGreaterThan(20);
  expect(name?.examples[0]?.values).toEqual({
    shop_customers: expect.any(String),
    crm_people: expect.any(String),
  });
  const loyalty = matches?.disagreements.find(({ column }) => column === 'loyalty');
  expect(loyalty?.things).toBeGreaterThan(0);
  expect(loyalty?.things).toBeLessThan((await counted(both)) + 40);
  // 0.5 of one, and 50 of a hundred.
  const same = await counted(`${both} where s.loyalty * 100 = c.score and s.loyalty between 0 and 1`);
  expect(loyalty?.differ).toBeLessThanOrEqual((loyalty?.things ?? 0) - Math.min(1, same));
  expect(name?.spelling).toBe(0);
  expect(matches?.examples.length).toBe(20);
  const kinds = matches?.examples.flatMap(({ shown }) => shown.map(({ table, step }) => `${table} ${step}`));
  expect(new Set(kinds)).toEqual(
    new Set([
      'shop_customers same email',
      'crm_people same email',
      'crm_people points to shop_customers (shop_id)',
      'shop_customers itself',
    ]),
  );
  await run({ databaseUrl, project: accepted });
  // A group that a person said yes to is no other consolidation.
  expect((await plan({ databaseUrl, project: declared({}) })).stops).toEqual([]);
});

test('of more rows than can be kept, whole keys are left aside, and the rest stands for all', async () => {
  const database = await createTestDatabase('sampled');
  await createShop(database);
  await database.query(
    `insert into shop_customers (email, full_name) select 'twin' || i % 3000 || '@x.example', 'Twin' from generate_series(1, 6000) i`,
  );
  const session = await openSession(database.url);
  const project = projectOf([customers]);
  const legacy = await detectLegacy(session, { tables: project.tables, schema: 'public' });
  const [phase] = project.consolidations.map((one) => one.bind(legacy, new Set()));
  if (phase === undefined) throw new Error('no phase');
  const all = await surveyKeys(session, phase, { rows: 6_370, batchSize: 1_000 });
  const some = await surveyKeys(session, phase, { rows: 18_000_000, batchSize: 1_000 });
  expect([all.oneIn, some.oneIn]).toEqual([1, 4]);
  const keys = (of: KeySurvey, rows: number) => of.classes.find(({ from }) => from === rows)?.keys ?? 0;
  // A sample of rows would find hardly any two that meet.
  expect(keys(some, 2)).toBeGreaterThan(keys(all, 2) * 0.8);
  expect(keys(some, 2)).toBeLessThan(keys(all, 2) * 1.2);
  expect(some.batches).toBeGreaterThan(all.batches - 2);
  expect(all.batches).toBe(7);
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

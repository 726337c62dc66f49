import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { type ConsolidationOptions, consolidation } from '../../src/declare/consolidation.js';
import * as d from '../../src/declare.js';
import { cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { type Crm, crm, customers, type Shop, shop, state } from '../declare/shop.js';
import { createTestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';

const project = projectOf([customers]);

const COLUMNS: ConsolidationOptions['columns'] = {
  name: d.newest(d.text(shop.full_name, crm.name)),
  email: d.newest(d.text(shop.email, crm.mail)),
  ...d.together({ city: d.text(shop.city, crm.town), zip: d.text(shop.zip, crm.postcode) }),
  loyalty: d.score(d.unit(shop.loyalty), d.percent(crm.score)),
  state: state(shop.state, state.from(crm.status, { gone: 'churned' })).else('lead'),
  created_at: d.earliest,
  updated_at: d.latest,
};

const declared = (some: Partial<ConsolidationOptions>) =>
  projectOf([
    consolidation('customers', {
      into: 'customers_unified',
      sources: [shop, crm],
      columns: COLUMNS,
      ...some,
    }),
  ]);

const times = { created: ['created_at'], updated: ['updated_at'] } as const;
const crmTimes = { created: ['imported_at'], updated: ['changed_at'] } as const;
const crmOther = d.source<Crm>('crm_people', {
  identity: ['ref'],
  match: [d.same(d.email, 'mail')],
  times: crmTimes,
  prefix: 'crm',
});
const shopTrimmed = d.source<Shop>('shop_customers', {
  identity: ['id'],
  match: [d.same(d.email.none(['info@shop.example']), 'email')],
  times,
  prefix: 'shop',
});
const words = d.words({ lead: 'Lead lead LEAD', customer: 'Customer active', gone: 'churned deleted what?' });

/** What was changed, by what the refusal says of it. */
const CHANGES: readonly (readonly [RegExp, Partial<ConsolidationOptions>])[] = [
  [/ladder of crm_people was via shop_customers \(shop_id\), same email .*, now same email/, { sources: [shop, crmOther] }],
  [/ladder of shop_customers was same email \(value: email as email\), now .*none/, { sources: [shopTrimmed, crm] }],
  [/order of the sources was shop_customers, crm_people, now crm_people, shop_customers/, { sources: [crm, shop] }],
  [/conversion of crm_people\.score into loyalty was score scale percent, now score scale unit/,
    { columns: { ...COLUMNS, loyalty: d.score(d.unit(shop.loyalty), d.unit(crm.score)) } }],
  [/conversion of shop_customers\.state into state was .*, now .*what\? = gone/,
    { columns: { ...COLUMNS, state: words(shop.state, words.from(crm.status, { gone: 'churned' })).else('lead') } }],
  [/column name was text from shop_customers\.full_name, crm_people\.name by newest, now .* by precedence/,
    { columns: { ...COLUMNS, name: d.text(shop.full_name, crm.name) } }],
  [/columns was .*; column note was not declared/, { columns: { ...COLUMNS, note: d.text(crm.vat) } }],
  [/veto was none, now crm_people = vat as trimmed/, { veto: d.differs(d.trimmed, crm.vat) }],
]; // biome-ignore format: a table

test('a declaration that says otherwise than when the phase was begun is refused, and what it says is named', async () => {
  const database = await createTestDatabase('changed');
  const databaseUrl = database.url;
  await createShop(database);
  await run({ databaseUrl, project });
  for (const [message, some] of CHANGES)
    await expect(verify({ databaseUrl, project: declared(some) })).rejects.toMatchObject({
      code: 'configuration-changed',
      message: expect.stringMatching(message),
    });
  // Every other verb, by one of them.
  const changed = declared({ veto: d.differs(d.trimmed, crm.vat) });
  for (const verb of [
    () => run({ databaseUrl, project: changed }),
    () => plan({ databaseUrl, project: changed }),
    () => sync({ databaseUrl, project: changed }),
    () => cutover({ databaseUrl, project: changed, noBackup: true }),
  ])
    await expect(verb()).rejects.toMatchObject({ code: 'configuration-changed' });
  // The same, said anew, is the same; and whatever is declared, what was made can be taken away.
  expect(await verify({ databaseUrl, project: declared({ largestGroup: 7 }) })).toMatchObject({
    equal: true,
  });
  await cutover({ databaseUrl, project, noBackup: true });
  await expect(rollback({ databaseUrl, project: changed })).rejects.toMatchObject({
    code: 'configuration-changed',
    message: expect.stringMatching(/veto was none, now crm_people = vat as trimmed/),
    next: expect.stringMatching(
      /^Have the declaration say again what it said .* after a rollback it may be changed/,
    ),
  });
  await rollback({ databaseUrl, project });
  const { phases } = await rollback({ databaseUrl, project: changed, drop: true });
  expect(phases[0]?.dropped).toContain('table public.customers_unified');
});

test('a declared column that is dropped keeps nobody from going back', async () => {
  const database = await createTestDatabase('dropped');
  const databaseUrl = database.url;
  await createShop(database);
  await run({ databaseUrl, project });
  await cutover({ databaseUrl, project, noBackup: true });
  await rollback({ databaseUrl, project });
  await database.query('alter table crm_people drop column score');
  // The same command, given again by mistake, changes nothing.
  expect((await rollback({ databaseUrl, project })).phases).toMatchObject([{ kept: true, dropped: [] }]);
  await expect(sync({ databaseUrl, project })).rejects.toMatchObject({
    code: 'missing-columns',
    next: expect.stringMatching(/rollback/),
  });
  const { phases } = await rollback({ databaseUrl, project, drop: true });
  expect(phases[0]?.dropped).toContain('table public.customers_unified');
  expect((await database.query(`select from pg_namespace where nspname = 'drydock'`)).rows).toEqual([]);
});

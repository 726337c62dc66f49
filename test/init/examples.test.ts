import { expect, test } from 'vitest';
import { exampleDatabase } from '../examples/journey.js';
import { pairsIn, proposed, thereAndBack } from './proposed.js';

test('what is proposed for customers is what the example declares, and runs as it stands', async () => {
  const database = await exampleDatabase('customers');
  const report = await proposed(database, ['shop_customers', 'crm_people']);
  expect(report.relations[0]?.links.slice(0, 2)).toMatchObject([
    { kind: 'same', left: 'shop_customers.email', right: 'crm_people.mail', spelledAlike: 0, sure: true },
    { kind: 'via', left: 'crm_people.shop_id', right: 'shop_customers.id', declared: false, sure: true },
  ]);
  const shop = (name: string, other: string) => `crm_people.${other} = shop_customers.${name}`;
  expect([...pairsIn(report).keys()].sort()).toEqual(
    [
      shop('email', 'mail'),
      shop('full_name', 'name'),
      shop('phone', 'mobile'),
      shop('city', 'town'),
      shop('zip', 'postcode'),
      shop('loyalty', 'score'),
      shop('state', 'status'),
      shop('tax_id', 'vat'),
    ].sort(),
  );
  expect(report.declaration).toContain(`d.email.none(['info@agency.example'])`);
  expect(report.declaration).toContain('d.score(d.unit(shop.loyalty), d.percent(crm.score))');
  expect(report.declaration).toContain(`times: { created: ['imported_at'], updated: ['changed_at'] }`);
  await thereAndBack(database, report, { shop_customers: 't.id', crm_people: 't.ref' });
});

test('what is proposed for logins is what the example declares, and runs as it stands', async () => {
  const database = await exampleDatabase('logins');
  const tables = [
    'identities',
    ...['github', 'google', 'facebook', 'twitter', 'ldap'].map((one) => `${one}_logins`),
  ];
  const report = await proposed(database, tables);
  expect(report.proposal?.columns).toMatchObject([
    { name: 'user_id', holds: 'integer', givers: tables.map((table) => `${table}.user_id`), sure: true },
    { name: 'provider', holds: 'words', sure: true },
    {
      name: 'uid',
      holds: 'text',
      givers: ['uid', 'github_id', 'sub', 'facebook_id', 'twitter_id', 'dn'].map(
        (name, at) => `${tables[at]}.${name}`,
      ),
      sure: true,
    },
    { name: 'login', givers: ['github_logins.login', 'twitter_logins.handle'], sure: false },
    { name: 'token', sure: false },
  ]);
  expect(report.declaration).toContain(`d.same(byUid, { provider: d.constant('GitHub'), uid: 'github_id' })`);
  await thereAndBack(database, report, Object.fromEntries(tables.map((table) => [table, 't.id'])));
});

test('is the same whenever it is asked for', async () => {
  const database = await exampleDatabase('customers');
  const { seconds: _, ...first } = await proposed(database);
  const { seconds: __, ...second } = await proposed(database);
  expect(second).toEqual(first);
  expect(first.proposal?.sources).toEqual(['shop_customers', 'crm_people']);
});

import { expect, test } from 'vitest';
import { run } from '../../src/index.js';
import { exampleDatabase, exampleProject, rowsOf, wholeJourney } from './journey.js';

test('customers go there, back, there again and for good', async () => {
  const database = await exampleDatabase('customers');
  const {
    before,
    after: rows,
    atLast,
  } = await wholeJourney(database, {
    name: 'customers',
    sources: { shop_customers: 't.id', crm_people: 't.ref' },
    others: { orders: 't.id' },
    written: `
      update shop_customers set email = 'new@mail.example', phone = '' where id = 4;
      update shop_customers set loyalty = 0.25, state = 'active' where id in (10, 20);
      delete from crm_people where ref in ('C-11', 'C-20');
      insert into shop_customers (id, full_name, email) values (90013, 'Came late', 'late@mail.example');
      insert into shop_customers (full_name, email) values ('Late twin', ' LATE@mail.example');
      insert into crm_people (ref, name, mail) values ('D-1', 'Later', 'LATE@mail.example');
      update crm_people set shop_id = 8, vat = 'x' where ref = 'C-7';
      insert into orders (customer_id, total) values (90013, 5)`,
    writtenUnderOldNames: `
      update shop_customers set full_name = 'Under the old name', tax_id = 'DE 5' where id = 6;
      insert into shop_customers (full_name, email) values ('Old way', 'old@way.example');
      insert into crm_people (ref, name, mail, score) values ('D-2', 'Old way', 'OLD@way.example', 70);
      delete from crm_people where ref = 'C-12';
      delete from shop_customers where id = 361;
      insert into orders (customer_id, total) values (6, 7)`,
    writtenDirectly: `
      update customers set name = 'Direct', city = 'Here', zip = '1' where shop_id = 27;
      update customers set loyalty = 12.5, state = 'customer' where crm_ref = 'C-8';
      insert into customers (name, email, city) values ('New way', 'new@way.example', 'Here');
      delete from customers where crm_ref = 'C-17'`,
    writtenAtLast: `
      insert into customers (name, email) values ('The last', 'last@mail.example');
      update customers set city = 'Moved' where shop_id = 27;
      insert into orders (customer_id, total) select shop_id, 9 from customers where name = 'The last'`,
  });
  const shop = new Map(rows.shop_customers?.map((row) => [row.id, row]));
  expect(shop.get(6)).toMatchObject({ full_name: 'Under the old name', tax_id: 'DE 5' });
  expect(shop.get(27)).toMatchObject({ full_name: 'Direct', city: 'Here', zip: '1' });
  expect(rows.shop_customers).toContainEqual(
    expect.objectContaining({ full_name: 'New way', phone: '', city: 'Here' }),
  );
  expect(rows.crm_people).not.toContainEqual(expect.objectContaining({ ref: 'C-17' }));
  // Orders of a customer who was there twice are those of the one row now; all others are as they were.
  expect(rows.orders).toHaveLength(402);
  const renamed = rows.orders?.filter((order, at) => order.customer_id !== before.orders?.[at]?.customer_id);
  const names = renamed?.map(({ customer_id }) => String(shop.get(customer_id)?.full_name)) ?? [];
  expect(names).toHaveLength(33);
  expect(names.filter((name) => !/ again$|^Late twin$/.test(name))).toEqual([]);
  expect(await rowsOf(database, { customers: 't.id' })).toMatchObject({
    customers: expect.arrayContaining([
      expect.objectContaining({ name: 'The last', email: 'last@mail.example' }),
    ]),
  });
  expect(atLast.shop_customers).toContainEqual(expect.objectContaining({ id: 27, city: 'Moved' }));
  const last = atLast.shop_customers?.find(({ full_name }) => full_name === 'The last');
  expect(atLast.orders?.at(-1)).toMatchObject({ customer_id: last?.id, total: 9 });
});

test('customers are who they are', async () => {
  const database = await exampleDatabase('customers');
  await run({ databaseUrl: database.url, project: await exampleProject('customers') });
  const found = async (sql: string) => (await database.query(sql)).rows;
  const names = async (mail: string) =>
    (await found(`select name from customers where email ilike '${mail}' order by 1`)).map(
      ({ name }) => name,
    );

  // One mail of 127 people is nobody's, two tax numbers are two people, and the row without one is a third.
  expect(await names('%info@agency%')).toHaveLength(127);
  expect(await names('family@%')).toEqual(['Ada', 'Bob', 'One of them']);
  // The spelling of a mail does not matter; the row that was changed last says the name.
  expect(await names('%person3@%')).toEqual(['Person 3 again']);
  // Digits of a phone join where no mail decides; empty ones, dashes and zeros join nobody.
  expect(
    await found(`select shop_id, crm_ref, phone from customers where crm_ref in ('C-31', 'C-97') order by 1`),
  ).toEqual([
    { shop_id: 33, crm_ref: 'C-31', phone: '(030) 55 0033' },
    { shop_id: 99, crm_ref: 'C-97', phone: '(030) 55 0099' },
  ]);
  const both = await found(
    `select phone from customers where from_shop_customers and from_crm_people and email is null and crm_shop_id is null`,
  );
  expect(both).toHaveLength(2);
  // By pointer, whatever the mails say; 0.123 of one is 12.3 of a hundred; city and zip are of one row.
  expect(
    await found(`select shop_id, loyalty::text, city, zip, state from customers where crm_ref = 'C-25'`),
  ).toEqual([{ shop_id: 25, loyalty: '12.30', city: 'City 7', zip: '10025', state: 'lead' }]);
  expect(
    await found(`select source, count(*)::int as n from customers_duplicates group by 1 order by 1`),
  ).toEqual([{ source: 'shop_customers', n: 17 }]);
});

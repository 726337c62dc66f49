import { expect, test } from 'vitest';
import { customers } from '../../examples/customers/drydock.config.js';
import { projectOf } from '../../src/consolidation/project.js';
import { run } from '../../src/index.js';
import { exampleDatabase, wholeJourney } from './journey.js';

const project = projectOf([customers]);

test('customers go there, back, there again and for good', async () => {
  const database = await exampleDatabase('customers');
  const rows = await wholeJourney(database, {
    name: 'customers',
    project,
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
      update customers set name = 'Direct', city = 'Here', zip = '1' where shop_id = 7;
      update customers set loyalty = 12.5, state = 'customer' where crm_ref = 'C-8';
      insert into customers (name, email, city) values ('New way', 'new@way.example', 'Here');
      delete from customers where shop_id = 39`,
  });
  const shop = new Map(rows.shop_customers?.map((row) => [row.id, row]));
  expect(shop.get(6)).toMatchObject({ full_name: 'Under the old name', tax_id: 'DE 5' });
  expect(shop.get(7)).toMatchObject({ full_name: 'Direct', city: 'Here', zip: '1' });
  expect(shop.has(39)).toBe(false);
  expect(rows.orders).toHaveLength(402);
});

test('customers are who they are', async () => {
  const database = await exampleDatabase('customers');
  await run({ databaseUrl: database.url, project });
  const found = async (sql: string) => (await database.query(sql)).rows;
  expect(
    await found(`select name, email, phone, city, zip, loyalty::text, state, from_crm_people as crm from customers where shop_id = 4`),
  ).toEqual([]);
  expect(await found(`select count(*)::int as n from customers where email ilike '%agency%'`)).toEqual([{ n: 127 }]);
  expect(await found(`select name from customers where email ilike 'family%' order by 1`)).toEqual([]);
  expect(await found(`select source, count(*)::int as n from customers_duplicates group by 1`)).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { complete, cutover, plan, rollback, run, status, sync, verify } from '../../src/index.js';
import { customers } from '../declare/shop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createShop, everything } from './shop-database.js';

const project = projectOf([customers]);

async function shopDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase('customers');
  await createShop(database);
  return database;
}

describe('two tables of a stranger', () => {
  test('become one, and are given back to the last byte', async () => {
    const database = await shopDatabase();
    const databaseUrl = database.url;
    const planned = await plan({ databaseUrl, project });
    expect(planned.stops).toEqual([]);
    const before = await everything(database);
    const ran = await run({ databaseUrl, project, batchSize: 100 });
    expect(ran.phases).toMatchObject([{ phase: 'customers', state: 'verified' }]);
    expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    expect(await everything(database)).toEqual(before);
    const one = async (sql: string) => (await database.query(sql)).rows[0];
    expect(
      await one(`select name, email, city, zip from customers_unified where shop_id = 204`),
    ).toBeUndefined();
    // mail4 is person 4 of the shop and row C-4 of the CRM, which was never changed: the shop's name is the newer one.
    expect(
      await one(
        `select name, email, city, loyalty::text, state, from_shop_customers and from_crm_people as both from customers_unified where crm_ref = 'C-4'`,
      ),
    ).toEqual({
      name: 'Person 4',
      email: 'mail4@shop.example',
      city: 'City 4',
      loyalty: '0.00',
      state: 'gone',
      both: true,
    });
    expect(
      await one(
        `select count(*)::int as n from customers_unified_duplicates where source = 'shop_customers'`,
      ),
    ).toEqual({ n: 20 });
  });

  test('are kept up: what is written to either reaches the unified table', async () => {
    const database = await shopDatabase();
    const databaseUrl = database.url;
    await run({ databaseUrl, project, batchSize: 100 });
    await database.query(`
      update shop_customers set email = 'new@shop.example' where id = 4;
      delete from shop_customers where id = 5;
      insert into shop_customers (id, full_name, email) values (99999, 'Came late', 'late@shop.example');
      update crm_people set shop_id = 8 where ref = 'C-7';
      update crm_people set mail = 'x@else.example' where ref = 'C-9';
      insert into crm_people (ref, name, mail) values ('D-1', 'Later', 'LATE@shop.example');
      delete from crm_people where ref = 'C-11'`);
    await sync({ databaseUrl, project });
    expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    const refs = async (id: number) =>
      (
        await database.query(
          `select string_agg(x.ref, ' ' order by x.ref) as refs from (
             select u.crm_ref as ref from customers_unified u where u.shop_id = ${id}
             union all select d.crm_people_ref from customers_unified_duplicates d join customers_unified u on u.id = d.unified_id where u.shop_id = ${id} and d.source = 'crm_people') x`,
        )
      ).rows[0]?.refs;
    // C-13 pointed to nothing until the row came; D-1 shares its mail.
    expect(await refs(99_999)).toContain('C-13');
    expect(await refs(99_999)).toContain('D-1');
    expect(await refs(8)).toBe('C-7 C-8');
    // A run from nothing makes the very same rows.
    const rows = async () =>
      (await database.query(`select to_jsonb(u) as row from customers_unified u order by id`)).rows;
    const synced = await rows();
    await rollback({ databaseUrl, project, phases: ['customers'], drop: true });
    await run({ databaseUrl, project });
    expect(await rows()).toEqual(synced);
  });

  test('go there, back, there again and for good, with writes on both sides', async () => {
    const database = await shopDatabase();
    const databaseUrl = database.url;
    await run({ databaseUrl, project, batchSize: 100 });
    const there = await cutover({ databaseUrl, project, noBackup: true });
    expect(there.phases).toMatchObject([{ outcome: 'cut-over' }]);
    await database.query(`update shop_customers set full_name = 'Under the old name' where id = 6`);
    await database.query(
      `insert into shop_customers (full_name, email) values ('Old way', 'old@way.example')`,
    );
    await database.query(`update customers_unified set name = 'Direct' where shop_id = 7`);
    const { rows } = await database.query(
      `insert into customers_unified (name, email, city) values ('New way', 'new@way.example', 'Here') returning id, shop_id, created_at is not null as dated, state`,
    );
    expect(rows[0]).toMatchObject({ dated: true, state: 'lead' });
    // Rows of the CRM point to the shop's by their ids.
    await expect(
      database.query(`update customers_unified set shop_id = 5000 where crm_ref = 'C-5'`),
    ).rejects.toMatchObject({ constraint: 'drydock_pointed_to' });
    await sync({ databaseUrl, project });
    expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
    expect(
      (
        await database.query(
          `select full_name from shop_customers where id in (6, 7, ${rows[0]?.shop_id}) order by id`,
        )
      ).rows,
    ).toEqual([{ full_name: 'Under the old name' }, { full_name: 'Direct' }, { full_name: 'New way' }]);
    expect(
      (await database.query(`select name from customers_unified where id = '${rows[0]?.id}'`)).rows,
    ).toEqual([{ name: 'New way' }]);
    const now = await everything(database);
    const back = await rollback({ databaseUrl, project });
    expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[]]);
    expect(await everything(database)).toEqual(now);
    expect((await status({ databaseUrl, project })).phases.map(({ state }) => state)).toEqual(['in-sync']);
    await cutover({ databaseUrl, project, noBackup: true });
    await complete({ databaseUrl, project });
    expect(await everything(database)).toEqual(now);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { backup, complete, cutover, rollbackFully, run } from '../../src/index.js';
import { customers } from '../declare/shop.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createShop } from './shop-database.js';
import { createTenants, tenants } from './tenants.js';

const shop = projectOf([customers]);

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'drydock-keys-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'backup');
}

/** A query's rows. */
const all = async (database: TestDatabase, sql: string) => (await database.query(sql)).rows;

describe('foreign keys of outside tables', () => {
  test('to numbers and texts go on working: a row that names a duplicate names the winner, until a full rollback', {
    timeout: 180_000,
  }, async () => {
    const database = await createTestDatabase('keys');
    const databaseUrl = database.url;
    await createShop(database);
    await database.query(`
      create table orders (number int primary key, customer bigint not null references shop_customers on delete cascade, label text);
      comment on constraint orders_customer_fkey on orders is 'Who pays';
      create table "Notes" (customer int references shop_customers on update cascade on delete set null deferrable initially deferred, body text);
      create table visits (at date, person varchar(20) references crm_people match full on delete restrict) partition by range (at);
      create table visits_1 partition of visits for values from ('2020-01-01') to ('2030-01-01');
      insert into orders select row_number() over (order by id), id, 'order of ' || id from shop_customers;
      insert into "Notes" select id, 'note on ' || id from shop_customers union all select null, 'on nobody';
      insert into visits select date '2024-05-05', ref from crm_people`);
    const before = await all(
      database,
      `select (select jsonb_agg(to_jsonb(o) order by number) from orders o) as orders, (select jsonb_agg(to_jsonb(n) order by body) from "Notes" n) as notes`,
    );
    const definitions = () =>
      all(
        database,
        `select conname, pg_get_constraintdef(oid) as is, convalidated, obj_description(oid, 'pg_constraint') as says from pg_constraint
         where contype = 'f' and conparentid = 0 and conrelid in ('orders'::regclass, '"Notes"'::regclass, 'visits'::regclass) order by 1`,
      );
    const keys = await definitions();
    await run({ databaseUrl, project: shop, batchSize: 100 });
    const to = await directory();
    await backup({ databaseUrl, project: shop, to });
    await cutover({ databaseUrl, project: shop });
    await database.query(`create unique index one_order on orders (customer)`);
    const refused = await complete({ databaseUrl, project: shop });
    expect(refused.phases[0]?.findings.filter(({ verdict }) => verdict === 'stops')).toMatchObject([
      {
        code: 'foreign-key',
        object: 'public.orders.orders_customer_fkey',
        why: expect.stringMatching(/^\d+ rows .* index public\.one_order /),
      },
    ]);
    await database.query('drop index one_order');
    const done = await complete({ databaseUrl, project: shop });
    expect(done.phases).toMatchObject([{ outcome: 'completed' }]);
    // Of 220 customers 20 share a mail with another one: each of them has an order and a note.
    expect(done.phases[0]?.repointed).toBe(40);
    expect(await definitions()).toEqual([
      {
        conname: 'Notes_customer_fkey',
        is: 'FOREIGN KEY (customer) REFERENCES customers_unified(shop_id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED',
        convalidated: true,
        says: null,
      },
      {
        conname: 'orders_customer_fkey',
        is: 'FOREIGN KEY (customer) REFERENCES customers_unified(shop_id) ON DELETE CASCADE',
        convalidated: true,
        says: 'Who pays',
      },
      {
        conname: 'visits_person_fkey',
        is: 'FOREIGN KEY (person) REFERENCES customers_unified(crm_ref) MATCH FULL ON DELETE RESTRICT',
        convalidated: true,
        says: null,
      },
    ]);
    expect(
      await all(
        database,
        `select r.old_values, r.new_values, o.customer::text as now from drydock.repointed r join orders o on o.number = (r.row_before ->> 'number')::int
         where r.table_name = 'orders' and (o.customer::text <> r.new_values[1] or o.label <> 'order of ' || r.old_values[1])`,
      ),
    ).toEqual([]);
    // What the keys do, they do to the unified table.
    await database.query(`delete from customers_unified where shop_id = 9`);
    expect(await all(database, `select count(*)::int as n from orders where customer = 9`)).toEqual([
      { n: 0 },
    ]);
    expect(await all(database, `select customer from "Notes" where body = 'note on 9'`)).toEqual([
      { customer: null },
    ]);
    await expect(database.query(`insert into visits values ('2024-05-05', 'nobody')`)).rejects.toMatchObject({
      code: '23503',
    });
    await expect(database.query(`delete from customers_unified where crm_ref = 'C-7'`)).rejects.toMatchObject(
      { code: /2350[13]/ },
    );
    await database.query(
      `insert into orders select 9, 9, 'order of 9' where false; update "Notes" set customer = null where body = 'note on 10'`,
    );
    // All the way back: rows name what they named, but for what was done to them since.
    await rollbackFully({ databaseUrl, project: shop, from: to });
    expect(await definitions()).toEqual(keys);
    const since = (rows: Record<string, { customer: number; body?: string; label?: string }[]>[]) =>
      rows.map(({ orders, notes }) => ({
        orders: orders?.filter(({ label }) => label !== 'order of 9'),
        notes: notes?.filter(({ body }) => body !== 'note on 9' && body !== 'note on 10'),
      }));
    const after = await all(
      database,
      `select (select jsonb_agg(to_jsonb(o) order by number) from orders o) as orders, (select jsonb_agg(to_jsonb(n) order by body) from "Notes" n) as notes`,
    );
    expect(since(after)).toEqual(since(before));
  });

  test('to identities of several columns too, in whatever order they name them', {
    timeout: 180_000,
  }, async () => {
    const database = await createTestDatabase('keys');
    const databaseUrl = database.url;
    await createTenants(database);
    const [{ version } = { version: 0 }] = await all(
      database,
      `select current_setting('server_version_num')::int as version`,
    );
    await database.query(`
      create table bills (id int generated always as identity, account bigint, tenant int, sum numeric, primary key (tenant, id),
        foreign key (account, tenant) references accounts (number, tenant) on delete set null${version >= 150_000 ? ' (account)' : ''});
      create table cards (org smallint, member text, foreign key (org, member) references club.members (org, code), primary key (org, member));
      create table peers (org smallint, member varchar(10), foreign key (org, member) references club.members (org, code));
      insert into bills (account, tenant, sum) select number, tenant, number * 1.5 from accounts union all select null, 1, 0;
      insert into cards select distinct on (org, coalesce(lower(mail), code)) org, code from club.members where code = 'c1';
      insert into peers select org, code from club.members`);
    const before = await all(database, 'select * from bills order by id');
    await run({ databaseUrl, project: tenants, batchSize: 50 });
    const to = await directory();
    await backup({ databaseUrl, project: tenants, to });
    await cutover({ databaseUrl, project: tenants });
    const done = await complete({ databaseUrl, project: tenants, dropLegacy: true });
    expect(done.phases).toMatchObject([{ outcome: 'completed' }]);
    const { rows: wrong } = await database.query(
      `select b.id from bills b join drydock.repointed r on r.table_name = 'bills' and (r.row_before ->> 'id')::int = b.id
       where r.old_values <> array[(r.row_before ->> 'account'), (r.row_before ->> 'tenant')] or r.new_values <> array[b.account::text, b.tenant::text] or r.old_values[2] <> r.new_values[2]`,
    );
    expect(wrong).toEqual([]);
    expect(done.phases[0]?.repointed).toBeGreaterThan(50);
    expect(
      await all(
        database,
        `select count(*)::int as n from bills b where account is not null and not exists (select from people_unified u where (u.accounts_tenant, u.accounts_number) = (b.tenant, b.account))`,
      ),
    ).toEqual([{ n: 0 }]);
    await rollbackFully({ databaseUrl, project: tenants, from: to });
    expect(await all(database, 'select * from bills order by id')).toEqual(before);
  });
});

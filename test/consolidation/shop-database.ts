import type { TestDatabase } from '../support/database.js';

/** The tables of `test/declare/shop.ts`, and rows that are awkward in every way that its declaration speaks of. */
export async function createShop(database: TestDatabase): Promise<void> {
  await database.query(`
    create table shop_customers (
      id serial primary key,
      email varchar(120),
      full_name text not null,
      city text,
      zip varchar(10),
      loyalty numeric(4,3),
      state varchar(20) not null default 'Lead',
      note text,
      created_at timestamptz not null default now(),
      updated_at timestamptz
    );
    create table crm_people (
      ref varchar(12) primary key,
      shop_id bigint,
      mail text,
      name text not null,
      town text,
      postcode text,
      score int,
      status text,
      vat text,
      imported_at timestamptz not null default now(),
      changed_at timestamptz
    );
    insert into shop_customers (email, full_name, city, zip, loyalty, state, note, created_at, updated_at)
    select case when i % 10 = 0 then '' when i % 11 = 0 then null when i % 7 = 0 then ' Mail' || i || '@Shop.Example ' else 'mail' || i || '@shop.example' end,
      'Person ' || i, case when i % 3 = 0 then null else 'City ' || i % 9 end, case when i % 4 = 0 then null else lpad(i::text, 5, '0') end,
      (array[0.5, 0.123, null, 1, 0, 7])[1 + i % 6], (array['Lead', 'lead', 'LEAD', 'Customer', 'churned', 'what?'])[1 + i % 6],
      'Ünïcode ' || i, timestamptz '2024-01-01 00:00Z' + i * interval '1 hour', case when i % 2 = 0 then timestamptz '2025-01-01 00:00Z' + i * interval '1 minute' end
    from generate_series(1, 200) i;
    -- One mail, several rows.
    insert into shop_customers (email, full_name, city, zip, created_at, updated_at)
    select 'MAIL' || (1 + i % 3) || '@SHOP.example', 'Twin ' || i, 'Twin city', null, timestamptz '2023-01-01 00:00Z' + i * interval '1 hour', timestamptz '2025-06-01 00:00Z' + i * interval '1 day'
    from generate_series(1, 20) i;
    insert into crm_people (ref, shop_id, mail, name, town, postcode, score, status, vat, imported_at, changed_at)
    select 'C-' || i, case when i % 5 = 0 then i when i % 13 = 0 then 99999 end,
      case when i % 4 = 0 then 'mail' || i || '@SHOP.example' when i % 9 = 0 then 'n/a' else 'crm' || i || '@else.example' end,
      'Crm ' || i, case when i % 2 = 0 then 'Town ' || i end, 'P' || i, (array[50, 100, null, 101, -1, 33])[1 + i % 6],
      (array['active', 'Customer', 'deleted', 'churned', null, 'Lead'])[1 + i % 6], case when i % 8 = 0 then 'VAT' || i end,
      timestamptz '2022-01-01 00:00Z' + i * interval '1 hour', case when i % 3 = 0 then timestamptz '2025-03-01 00:00Z' + i * interval '1 minute' end
    from generate_series(1, 150) i`);
}

/** The rows of both tables as applications see them. */
export async function everything(database: TestDatabase): Promise<unknown> {
  const { rows } = await database.query(
    `select (select jsonb_agg(to_jsonb(s) order by s.id) from shop_customers s) as shop, (select jsonb_agg(to_jsonb(c) order by c.ref) from crm_people c) as crm`,
  );
  return rows[0];
}

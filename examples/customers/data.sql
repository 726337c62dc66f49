-- The same rows whenever it is run: nothing here is random, and no time is that of the clock.

-- 240 customers. Mails in several spellings, blank and missing ones; placeholders for phones; scores out of range; states
-- in several spellings, and one that nobody knows.
insert into shop_customers (email, full_name, phone, city, zip, loyalty, state, tax_id, newsletter, note, created_at, updated_at)
select
  case
    when i % 10 = 0 then ''
    when i % 11 = 0 then null
    when i % 7 = 0 then ' Person' || i || '@Mail.Example '
    else 'person' || i || '@mail.example'
  end,
  'Person ' || i,
  case i % 5 when 0 then '' when 1 then '-' when 2 then ' ' else '(030) 55 ' || lpad(i::text, 4, '0') end,
  case when i % 3 > 0 then 'City ' || i % 9 end,
  case when i % 4 > 0 then lpad((10000 + i)::text, 5, '0') end,
  (array[0.5, 0.123, null, 1, 0, 7])[1 + i % 6],
  (array['Lead', 'lead', 'LEAD', 'Customer', 'churned', 'what?'])[1 + i % 6],
  case when i % 12 = 0 then 'DE ' || 1000 + i end,
  i % 2 = 0,
  case i % 4 when 0 then E'two\nlines' when 1 then '' when 2 then 'Ünïcode ✓ ' || i end,
  timestamptz '2024-01-01 00:00Z' + i * interval '1 hour',
  case when i % 2 = 0 then timestamptz '2025-01-01 00:00Z' + i * interval '1 minute' end
from generate_series(1, 240) i;

-- The same people once more, who signed up twice: the mail differs in case and blanks only.
insert into shop_customers (email, full_name, phone, city, zip, state, created_at, updated_at)
select
  E'\tPERSON' || i || '@MAIL.EXAMPLE', 'Person ' || i || ' again', '', 'Second city', null, 'Customer',
  timestamptz '2023-01-01 00:00Z' + i * interval '1 hour',
  timestamptz '2025-06-01 00:00Z' + i * interval '1 day'
from generate_series(1, 19) i
where i % 10 > 0;

-- Two people behind one mail: their tax numbers differ. A third row with that mail says nothing.
insert into shop_customers (email, full_name, tax_id, created_at)
values
  ('family@mail.example', 'Ada', 'DE 7001', '2024-05-01 00:00Z'),
  ('Family@mail.example', 'Bob', 'DE 7002', '2024-05-02 00:00Z'),
  ('family@mail.example', 'One of them', null, '2024-05-03 00:00Z');

-- An agency orders for its clients: one mail, 127 people, 100 of them here.
insert into shop_customers (email, full_name, city, created_at)
select 'info@agency.example', 'Client ' || i, 'Town ' || i % 4, timestamptz '2024-08-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 100) i;

-- 180 people of the CRM. Pointers to customers, dangling ones; mails of customers in other spellings; names, towns and
-- states that drifted apart on both sides.
insert into crm_people (ref, shop_id, mail, name, mobile, town, postcode, score, status, vat, tags, imported_at, changed_at)
select
  'C-' || i,
  case when i % 5 = 0 then i when i % 13 = 0 then 90000 + i end,
  case
    when i % 4 = 0 then 'Person' || i || '@mail.EXAMPLE'
    when i % 9 = 0 then 'n/a'
    when i % 6 = 1 then null
    else 'lead' || i || '@else.example'
  end,
  case when i % 3 = 0 then 'Person ' || i else 'P. No. ' || i end,
  case i % 3 when 0 then null when 1 then '030-55' || lpad((i + 2)::text, 4, '0') else '0' end,
  case when i % 2 = 0 then 'Town ' || i end,
  'P' || i,
  (array[50, 100, null, 101, -1, 33])[1 + i % 6],
  (array['active', 'Customer', 'deleted', 'churned', null, 'Lead'])[1 + i % 6],
  case when i % 24 = 0 then 'de' || 1000 + i when i % 36 = 0 then 'DE 9' || i end,
  case i % 3 when 0 then array['vip', 'a "quoted" one'] when 1 then '{}'::text[] end,
  timestamptz '2022-01-01 00:00Z' + i * interval '1 hour',
  case when i % 3 = 0 then timestamptz '2025-03-01 00:00Z' + i * interval '1 minute' end
from generate_series(1, 180) i;

-- The other 27 of the agency.
insert into crm_people (ref, mail, name, mobile, imported_at)
select 'A-' || i, ' INFO@agency.example', 'Contact ' || i, '', timestamptz '2024-09-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 27) i;

insert into orders (customer_id, total, placed_at)
select 1 + i % 300, i * 1.01, timestamptz '2025-01-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 400) i;

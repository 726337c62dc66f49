-- A web shop and a CRM that grew beside each other, and the orders of the shop.

create table shop_customers (
  id serial primary key,
  email varchar(160),
  full_name text not null,
  phone varchar(40) not null default '',
  city text,
  zip varchar(10),
  loyalty numeric(4, 3),                      -- 0 to 1
  state varchar(20) not null default 'Lead',
  tax_id text,
  newsletter boolean not null default false,
  note text,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table crm_people (
  ref varchar(12) primary key,
  shop_id bigint,                             -- of shop_customers, without a foreign key
  mail text,
  name text not null,
  mobile text,
  town text,
  postcode text,
  score int,                                  -- 0 to 100
  status text,
  vat text,
  tags text[],
  imported_at timestamptz not null default now(),
  changed_at timestamptz
);

create table orders (
  id serial primary key,
  customer_id int not null references shop_customers (id),
  total numeric(10, 2) not null,
  placed_at timestamptz not null default now()
);

create index on shop_customers (lower(email));
create index on crm_people (shop_id);
create index on orders (customer_id);

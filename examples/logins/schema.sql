-- Logins of one application: a table for each provider, as they were added over the years, and at last one table for any
-- provider, which was meant to take over and never did. All ids are serial, so that they collide.

create table users (
  id serial primary key,
  name text not null
);

create table github_logins (
  id serial primary key,
  user_id int not null references users (id),
  github_id int not null unique,
  login text not null,
  display_name text,
  token text,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table google_logins (
  id serial primary key,
  user_id int not null references users (id),
  sub varchar(40) not null unique,
  claims jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table facebook_logins (
  id serial primary key,
  user_id int not null references users (id),
  facebook_id bigint not null unique,
  profile json,
  token text,
  created_at timestamp not null default (now() at time zone 'UTC'),
  updated_at timestamp
);

create table twitter_logins (
  id serial primary key,
  user_id int not null references users (id),
  twitter_id text,
  handle varchar(15) not null,
  token text,
  token_secret text,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table ldap_logins (
  id serial primary key,
  user_id int not null references users (id),
  dn text not null,
  member_of text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table identities (
  id serial primary key,
  user_id int not null references users (id),
  provider varchar(20) not null,
  uid varchar(200) not null,
  data jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

-- A session was begun with one of them.
create table sessions (
  id bigserial primary key,
  github_login_id int references github_logins (id),
  google_login_id int references google_logins (id),
  facebook_login_id int references facebook_logins (id),
  twitter_login_id int references twitter_logins (id),
  ldap_login_id int references ldap_logins (id),
  identity_id int references identities (id),
  begun_at timestamptz not null default now()
);

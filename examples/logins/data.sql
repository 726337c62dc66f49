-- The same rows whenever it is run: nothing here is random, and no time is that of the clock.

insert into users (name) select 'User ' || i from generate_series(1, 90) i;

-- The ids of the providers collide, too: 1007 is somebody at GitHub, and somebody else at Facebook.
insert into github_logins (user_id, github_id, login, display_name, token, created_at, updated_at)
select 1 + i % 90, 1000 + i, 'octo' || i, case when i % 3 > 0 then 'Öcto ' || i end, 'gh-' || i,
  timestamptz '2021-01-01 00:00Z' + i * interval '1 hour', case when i % 2 = 0 then timestamptz '2025-01-01 00:00Z' + i * interval '1 hour' end
from generate_series(1, 80) i;

insert into google_logins (user_id, sub, claims, created_at)
select 1 + i % 90, (1000 + i)::text,
  case when i % 5 > 0 then jsonb_build_object('email', 'user' || i || '@mail.example', 'verified', i % 2 = 0, 'weight', 1.10) end,
  timestamptz '2022-01-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 70) i;

-- A document of type json keeps its blanks, the order of its members and doubles.
insert into facebook_logins (user_id, facebook_id, profile, token, created_at, updated_at)
select 1 + i % 90, case when i % 2 = 0 then 1000 + i else 10000000000 + i end,
  case i % 3 when 0 then '{"name": "F",  "name": "B", "id": 12345678901234567890}'::json when 1 then '[]'::json end, '',
  timestamp '2020-01-01 00:00' + i * interval '1 hour', case when i % 4 = 0 then timestamp '2025-02-01 12:00' + i * interval '1 hour' end
from generate_series(1, 60) i;

-- Some have no id of the provider: they are known by their own rows alone.
insert into twitter_logins (user_id, twitter_id, handle, token, token_secret, created_at)
select 1 + i % 90, case when i % 7 = 0 then null when i % 8 = 0 then '' when i % 5 = 0 then ' ' || 1000 + i || ' ' else (1000 + i)::text end,
  '@bird' || i, 'tw-' || i, case when i % 2 = 0 then 's-' || i end, timestamptz '2019-01-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 50) i;

insert into ldap_logins (user_id, dn, member_of, created_at)
select 1 + i % 90, case when i % 2 = 0 then 'CN=User ' || i || ',OU=Staff' else 'cn=user ' || i || ',ou=staff' end,
  case when i % 3 = 0 then array['admins', 'a,b', 'say "hi"'] else '{}' end, timestamptz '2018-01-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 40) i;

-- Half of them were copied into the new table, and drifted: other users, other spellings of the provider, newer documents.
insert into identities (user_id, provider, uid, data, created_at, updated_at)
select case when i % 10 = 0 then 1 + (i + 1) % 90 else 1 + i % 90 end, (array['GitHub', 'github', 'Google', 'google', 'facebook', 'Twitter'])[1 + i % 6],
  case when i % 6 = 4 and i % 2 = 1 then (10000000000 + i)::text else (1000 + i)::text end,
  jsonb_build_object('copied', true, 'n', i), timestamptz '2023-01-01 00:00Z' + i * interval '1 hour',
  case when i % 4 = 0 then timestamptz '2025-03-01 00:00Z' + i * interval '1 hour' end
from generate_series(1, 60) i;

-- Copied twice; the copies differ in the spelling of the provider and in the document.
insert into identities (user_id, provider, uid, data, created_at)
select 1 + i % 90, ' GITHUB', (1000 + i)::text, '{"copied": "again"}', timestamptz '2023-06-01 00:00Z' + i * interval '1 hour'
from generate_series(6, 30, 6) i;

-- LDAP names in another case, and providers that never had a table.
insert into identities (user_id, provider, uid, data, created_at)
select 1 + i % 90, 'ldap', 'CN=USER ' || i || ',OU=STAFF', null::jsonb, timestamptz '2023-07-01 00:00Z' + i * interval '1 hour' from generate_series(1, 10) i
union all
select 1 + i % 90, case when i % 2 = 0 then 'saml' else 'gitlab' end, (1000 + i)::text, '{}'::jsonb, timestamptz '2023-08-01 00:00Z' + i * interval '1 hour'
from generate_series(1, 15) i;

insert into sessions (github_login_id, google_login_id, facebook_login_id, twitter_login_id, ldap_login_id, identity_id, begun_at)
select case when i % 6 = 0 then 1 + i % 80 end, case when i % 6 = 1 then 1 + i % 70 end, case when i % 6 = 2 then 1 + i % 60 end,
  case when i % 6 = 3 then 1 + i % 50 end, case when i % 6 = 4 then 1 + i % 40 end, case when i % 6 = 5 then 1 + i % 85 end,
  timestamptz '2025-05-01 00:00Z' + i * interval '1 minute'
from generate_series(1, 300) i;

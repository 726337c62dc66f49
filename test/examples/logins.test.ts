import { expect, test } from 'vitest';
import { run } from '../../src/index.js';
import { exampleDatabase, exampleProject, rowsOf, wholeJourney } from './journey.js';

const SOURCES = Object.fromEntries(
  ['github_logins', 'google_logins', 'facebook_logins', 'twitter_logins', 'ldap_logins', 'identities'].map(
    (table) => [table, 't.id'],
  ),
);

test('logins go into the table that is there, back, there again and for good', {
  timeout: 180_000,
}, async () => {
  const database = await exampleDatabase('logins');
  const {
    before,
    after: rows,
    atLast,
  } = await wholeJourney(database, {
    name: 'logins',
    sources: SOURCES,
    others: { sessions: 't.id' },
    target: 'identities',
    written: `
      update github_logins set token = null, display_name = 'Renamed', updated_at = '2026-01-01' where id in (3, 6);
      delete from sessions where google_login_id = 20;
      delete from google_logins where id = 20;
      insert into google_logins (user_id, sub, claims) values (5, '9001', '{"a": [1, {"b": null}]}');
      insert into identities (user_id, provider, uid) values (6, 'Google', '9001');
      update facebook_logins set profile = '{"a":1,  "a":2}' where id = 4;
      update twitter_logins set twitter_id = '1014' where id = 7;
      insert into sessions (identity_id) select max(id) from identities`,
    writtenUnderOldNames: `
      update identities set user_id = 9, updated_at = '2026-02-01' where id = 12;
      insert into github_logins (user_id, github_id, login) values (7, 9002, 'late');
      insert into sessions (github_login_id) values (80);
      update ldap_logins set member_of = array['x'] where id = 3;
      delete from identities where id = 86`,
    writtenDirectly: `
      update identities_unified set user_id = 11 where ldap_id = 25;
      update identities_unified set data = '{"direct": true}' where google_id = 33;
      insert into identities_unified (provider, uid, user_id, data) values ('saml', 'new', 12, '{"new": true}');
      delete from identities_unified where identities_id = 85`,
    writtenAtLast: `
      insert into identities (provider, uid, user_id) values ('gitlab', 'last', 13);
      insert into identities values (5000, 15, 'gitlab', 'by place');
      update identities set user_id = 14 where google_id = 2;
      insert into sessions (google_login_id) values (2);
      insert into sessions (identity_id) select id from identities where google_id = 2`,
  });
  expect(rows.ldap_logins).toContainEqual(expect.objectContaining({ id: 25, user_id: 11 }));
  expect(before.identities).toContainEqual(
    expect.objectContaining({ provider: 'saml', uid: 'new', user_id: 12, data: { new: true } }),
  );
  // Sessions of a login that was copied twice are those of the one row now.
  const renamed = rows.sessions?.filter(
    (session, at) => session.identity_id !== before.sessions?.[at]?.identity_id,
  );
  expect(renamed?.map(({ identity_id }) => identity_id)).toEqual([61, 63, 65, 24]);
  expect(rows.sessions?.map((session) => ({ ...session, identity_id: 0 }))).toEqual(
    before.sessions?.map((session) => ({ ...session, identity_id: 0 })),
  );
  // What was in the table has its id, others have new ones behind them, and its columns come first.
  const highest = Math.max(...(before.identities ?? []).map(({ id }) => Number(id)));
  const all = rows.identities ?? [];
  const kept = all.filter(({ from_identities }) => from_identities === true);
  const ids = new Set(before.identities?.map(({ id }) => id));
  expect(kept.filter(({ id }) => !ids.has(id))).toEqual([]);
  const others = all.filter(({ from_identities }) => from_identities === false);
  expect(Math.min(...others.map(({ id }) => Number(id)))).toBeGreaterThan(highest);
  const { rows: inKeyOrder } = await database.query(
    `select bool_and(n) as ok from (select id > lag(id) over (order by merge_key) as n from identities where not from_identities) x`,
  );
  expect(inKeyOrder).toEqual([{ ok: true }]);
  const { rows: columns } = await database.query(
    `select string_agg(attname, ' ' order by attnum) as names from (select * from pg_attribute where attrelid = 'identities'::regclass and attnum between 1 and 7) a`,
  );
  expect(columns).toEqual([{ names: 'id user_id provider uid data created_at updated_at' }]);
  expect(await rowsOf(database, { identities: 't.id' }, '_legacy')).not.toEqual(before);
  expect(atLast.identities).toContainEqual(
    expect.objectContaining({
      id: Math.max(...all.map(({ id }) => Number(id))) + 1,
      uid: 'last',
      user_id: 13,
      // As the table that had the name did it: no time of a change.
      updated_at: null,
    }),
  );
  expect(atLast.identities).toContainEqual(
    expect.objectContaining({ id: 5000, uid: 'by place', user_id: 15 }),
  );
  const now = atLast.identities?.find(({ google_id }) => google_id === 2);
  expect(atLast.sessions?.slice(-2)).toMatchObject([{ google_login_id: 2 }, { identity_id: now?.id }]);
});

test('logins are kept apart by their providers', async () => {
  const database = await exampleDatabase('logins');
  await run({ databaseUrl: database.url, project: await exampleProject('logins') });
  const found = async (sql: string) => (await database.query(sql)).rows;
  expect(
    await found(
      `select provider, count(*)::int as n, count(*) filter (where from_identities)::int as copied from identities_unified group by 1 order by 1`,
    ),
  ).toEqual(
    [
      ['facebook', 60, 10],
      ['github', 80, 20],
      ['gitlab', 8, 8],
      ['google', 70, 20],
      ['ldap', 40, 10],
      ['saml', 7, 7],
      ['twitter', 53, 10],
    ].map(([provider, n, copied]) => ({ provider, n, copied })),
  );
  // One number at five providers is five logins; what was copied is one with its copy, whose document counts.
  expect(
    await found(
      `select provider, identities_id, coalesce(github_id, google_id, facebook_id, twitter_id) as own, data::text from identities_unified where btrim(uid) = '1012' order by 1`,
    ),
  ).toEqual(
    [
      ['facebook', null, 12, '{"id": 12345678901234567890, "name": "B"}'],
      ['github', 12, 12, '{"n": 12, "copied": true}'],
      ['google', null, 12, '{"email": "user12@mail.example", "weight": 1.10, "verified": true}'],
      ['saml', 87, null, '{}'],
      ['twitter', null, 12, '{"handle": "@bird12"}'],
    ].map(([provider, identities_id, own, data]) => ({ provider, identities_id, own, data })),
  );
  expect(
    await found(`select source, count(*)::int as n from identities_duplicates group by 1 order by 1`),
  ).toEqual([{ source: 'identities', n: 5 }]);
});

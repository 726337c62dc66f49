import { expect, test } from 'vitest';
import { run } from '../../src/index.js';
import { exampleDatabase, exampleProject, wholeJourney } from './journey.js';

const SOURCES = Object.fromEntries(
  ['github_logins', 'google_logins', 'facebook_logins', 'twitter_logins', 'ldap_logins', 'identities'].map(
    (table) => [table, 't.id'],
  ),
);

test('logins go there, back, there again and for good', async () => {
  const database = await exampleDatabase('logins');
  const {
    before,
    after: rows,
    atLast,
  } = await wholeJourney(database, {
    name: 'logins',
    sources: SOURCES,
    others: { sessions: 't.id' },
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
      update logins set user_id = 11 where ldap_id = 25;
      update logins set profile = '{"direct": true}' where google_id = 33;
      insert into logins (provider, uid, user_id, profile) values ('saml', 'new', 12, '{"new": true}');
      delete from logins where identities_id = 85`,
    writtenAtLast: `
      insert into logins (provider, uid, user_id) values ('gitlab', 'last', 13);
      update logins set user_id = 14 where google_id = 2;
      insert into sessions (google_login_id) values (2)`,
  });
  expect(rows.ldap_logins).toContainEqual(expect.objectContaining({ id: 25, user_id: 11 }));
  expect(rows.identities).toContainEqual(
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
  expect(atLast.identities).toContainEqual(expect.objectContaining({ uid: 'last', user_id: 13 }));
  expect(atLast.sessions?.at(-1)).toMatchObject({ google_login_id: 2 });
});

test('logins are kept apart by their providers', async () => {
  const database = await exampleDatabase('logins');
  await run({ databaseUrl: database.url, project: await exampleProject('logins') });
  const found = async (sql: string) => (await database.query(sql)).rows;
  expect(
    await found(
      `select provider, count(*)::int as n, count(*) filter (where from_identities)::int as copied from logins group by 1 order by 1`,
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
      `select provider, identities_id, coalesce(github_id, google_id, facebook_id, twitter_id) as own, profile::text from logins where btrim(uid) = '1012' order by 1`,
    ),
  ).toEqual(
    [
      ['facebook', null, 12, '{"id": 12345678901234567890, "name": "B"}'],
      ['github', 12, 12, '{"n": 12, "copied": true}'],
      ['google', null, 12, '{"email": "user12@mail.example", "weight": 1.10, "verified": true}'],
      ['saml', 87, null, '{}'],
      ['twitter', null, 12, '{"handle": "@bird12"}'],
    ].map(([provider, identities_id, own, profile]) => ({ provider, identities_id, own, profile })),
  );
  expect(
    await found(`select source, count(*)::int as n from logins_duplicates group by 1 order by 1`),
  ).toEqual([{ source: 'identities', n: 5 }]);
});

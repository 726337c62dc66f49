import { expect, test } from 'vitest';
import { complete, cutover, explain, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';
import { createPeople, id, summed as project } from './summed.js';

test('rows about what another consolidation made are one thing each: merged, kept whole and summed up, there and back', async () => {
  const database = await createTestDatabase('summed');
  const databaseUrl = database.url;
  const target = { databaseUrl, project };
  await createPeople(database);
  const query = async (text: string) => (await database.query(text)).rows;
  const profiles = () =>
    query(
      `select person, level, version, to_char(touched at time zone 'UTC', 'MM-DD') as touched, reviews, kinds, said, stars, made_of, doubled, from_accounts as has_account
       from profiles order by person, level, stars`,
    );
  const equal = async () => expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
  const before = await query(
    `select (select jsonb_agg(to_jsonb(a) order by id) from accounts a) as accounts, (select jsonb_agg(to_jsonb(r) order by id) from reviews r) as reviews`,
  );

  expect((await plan(target)).stops).toEqual([]);
  expect((await explain({ ...target, key: id(3) })).phase).toBe('persons');
  await run(target);
  await equal();
  const both = {
    person: id(2), level: '2.50', version: '1.10', touched: '03-02', reviews: 2, kinds: ['good'], said: { good: 'plain' }, stars: '4.50', made_of: 'both', doubled: '5.00', has_account: true,
  }; // biome-ignore format: a row
  const review = { level: null, version: null, made_of: 'review', doubled: null, has_account: false };
  const alone = [
    { ...review, person: id(3), touched: '03-01', reviews: 2, kinds: ['odd', 'sorted'], said: { sorted: 12 }, stars: '2.00' },
    { person: null, level: '7.00', version: '1', touched: '02-01', reviews: 0, kinds: null, said: null, stars: null, made_of: 'account', doubled: '14.00', has_account: true },
    { ...review, person: null, touched: null, reviews: 1, kinds: ['nobody'], said: { nobody: 'x' }, stars: null },
  ]; // biome-ignore format: rows
  expect(await profiles()).toEqual([both, ...alone]);
  expect(await query(`select p.id from persons p where from_people order by 1`)).toEqual([
    { id: id(2) },
    { id: id(3) },
  ]);

  // A person that is no duplicate any more takes what names it along.
  await database.query(`update people set mail = 'b@x.example' where id = '${id(1)}'`);
  await sync(target);
  await equal();
  const parted = { ...both, reviews: 1, said: { good: 'plain' }, stars: '5.00' };
  const other = {
    ...both,
    person: id(1),
    level: '1.50',
    version: '1.9',
    touched: '03-01',
    reviews: 1,
    said: { good: { x: 1 } },
    stars: '4.00',
    doubled: '3.00',
  };
  expect(await profiles()).toEqual([other, parted, ...alone]);

  await cutover({ ...target, noBackup: true });
  const refused = async (statement: string, constraint: string) =>
    expect(
      await database.query(statement).then(
        () => null,
        ({ constraint: rule }) => rule,
      ),
      statement,
    ).toBe(constraint);
  await refused(`update profiles set person = '${id(3)}' where level = 2.5`, 'drydock_id');
  await refused(`update profiles set accounts_person_id = '${id(3)}' where level = 2.5`, 'drydock_id');
  await refused(`update profiles set reviews = 7`, 'drydock_computed');
  await refused(`update profiles set comment = 'x'`, 'drydock_no_column');
  await refused(`update profiles set version = '0' where level = 7`, 'drydock_duplicates');
  await refused(
    `update profiles set from_accounts = true, level = 1 where person = '${id(3)}'`,
    'drydock_id',
  );
  await refused(
    `insert into profiles (person, accounts_person_id) values ('${id(3)}', '${id(1)}')`,
    'drydock_thing',
  );
  await refused(`insert into profiles (person, level) values ('${id(2)}', 4)`, 'drydock_match_key');
  await refused(`insert into profiles (person, level) values ('${id(404)}', 4)`, 'profiles_person_fkey');
  // Without a person its id is made of its key, which a change of spelling leaves as it is.
  await refused(`update persons set mail = 'other@x.example' where not from_people`, 'drydock_id');
  await database.query(`update persons set mail = 'ONLY@x.example' where not from_people`);
  await database.query(`update persons set mail = 'd@x.example' where id = '${id(3)}'`);
  await database.query(`update profiles set version = '1.11', level = 3 where level = 2.5`);
  const [contact] = await query(`select id from persons where not from_people`);
  await database.query(`insert into profiles (person, level, version) values ('${contact?.id}', 4, 'new')`);
  await database.query(
    `insert into reviews values (6, '${contact?.id}', null, 'late', null, 'y', 3, null); delete from reviews where id = 5`,
  );
  await sync(target);
  await equal();
  expect(
    await query(`select version, level, made_of, kinds from profiles where person = '${contact?.id}'`),
  ).toEqual([{ version: 'new', level: '4.00', made_of: 'both', kinds: ['late'] }]);

  await rollback(target);
  expect(
    await query(
      `select person_id, level, version from accounts where version in ('1.11', 'new') order by version`,
    ),
  ).toEqual([
    { person_id: id(2), level: '3.00', version: '1.11' },
    { person_id: contact?.id, level: '4.00', version: 'new' },
  ]);
  await database.query(`delete from accounts where version = 'new'; delete from reviews where id = 6; update accounts set version = '1.10', level = 2.5 where version = '1.11';
    insert into reviews values (5, null, null, 'nobody', null, 'x', 'NaN', null)`);
  expect(
    await query(
      `select (select jsonb_agg(to_jsonb(a) order by id) from accounts a) as accounts, (select jsonb_agg(to_jsonb(r) order by id) from reviews r) as reviews`,
    ),
  ).toEqual(before);

  await run(target);
  await cutover({ ...target, noBackup: true });
  await complete(target);
  await database.query(
    `update profiles set comment = 'kept' where level = 7; insert into profiles (level) values (9)`,
  );
  expect(await query(`select reviews, made_of, from_accounts from profiles where level = 9`)).toEqual([
    { reviews: 0, made_of: 'account', from_accounts: true },
  ]);
  await database.query(`delete from persons where id = '${id(2)}'`);
  expect(await query(`select from profiles where person = '${id(2)}'`)).toEqual([]);
});

import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { contacts, createContacts } from './contacts.js';

const project = projectOf([contacts]);

interface Row {
  readonly id: string;
  readonly tenant: number;
  readonly mail: string | null;
  readonly phone: string | null;
  readonly member: number | null;
}

const digitsOf = (text: string | null) => (text ?? '').replace(/[^0-9]/g, '') || null;

/** The same rules in plain words: which rows are one thing. */
async function expectedGroups(database: TestDatabase): Promise<string[]> {
  const rows = async (sql: string) => (await database.query(sql)).rows as unknown as Row[];
  const [ms, ps, cs] = await Promise.all([
    rows(`select 'm' || id as id, tenant, mail, null as phone, null as member from members`),
    rows(`select 'p' || id as id, tenant, mail, phone, member from people`),
    rows(`select 'c' || no as id, org as tenant, null as mail, tel as phone, null as member from callers`),
  ]);
  const mailKey = ({ tenant, mail }: Row) => (mail === null ? null : `${tenant} mail ${mail.trim().toLowerCase()}`);
  const own = (person: Row) => {
    const member = ms.find(({ id, tenant }) => id === `m${person.member}` && tenant === person.tenant);
    return member === undefined ? mailKey(person) : (mailKey(member) ?? member.id);
  };
  const through = (row: Row) => {
    const asked = digitsOf(row.phone);
    const answers = new Set(
      ps.flatMap((person) => {
        const key = own(person);
        return asked !== null && person.tenant === row.tenant && digitsOf(person.phone) === asked && key !== null ? [key] : [];
      }),
    );
    return answers.size === 1 ? [...answers][0] : null;
  };
  const phoneKey = (row: Row) => {
    const digits = digitsOf(row.phone);
    return digits === null ? row.id : `${row.tenant} phone ${digits}`;
  };
  const groups = new Map<string, string[]>();
  const add = (key: string, id: string) => groups.set(key, [...(groups.get(key) ?? []), id]);
  for (const row of ms) add(mailKey(row) ?? row.id, row.id);
  for (const row of ps) add(own(row) ?? through(row) ?? phoneKey(row), row.id);
  for (const row of cs) add(through(row) ?? phoneKey(row), row.id);
  return [...groups.values()].map((ids) => ids.sort().join(' ')).sort();
} // biome-ignore format: rules in a row

async function madeGroups(database: TestDatabase): Promise<string[]> {
  const { rows } = await database.query(`
    select string_agg(x.id, ' ' order by x.id collate "C") as ids from (
      select u.merge_key, v.id from contacts u cross join lateral (values ('m' || u.members_id), ('p' || u.people_id), ('c' || u.callers_no)) v (id) where v.id is not null
      union all select f.merge_key, v.id from contacts_duplicates f cross join lateral (values ('m' || f.members_id), ('p' || f.people_id), ('c' || f.callers_no)) v (id) where v.id is not null
    ) x group by x.merge_key`);
  return rows.map(({ ids }) => String(ids)).sort();
}

const CHANGES = [
  // A crosswalk row gets another phone; loses its mail; gets another one, which makes two answers one, or one two.
  `update people set phone = '49 17' where id = 5`,
  `update people set mail = null where id in (7, 22)`,
  `update people set mail = 'other@x.example' where phone = '+49 4'`,
  `update people set mail = 'm' || id || '@else.example' where phone = '+49 2' and mail is not null`,
  `update people set mail = 'm1@else.example' where phone = '+49 2' and mail is not null`,
  `delete from people where id between 30 and 33`,
  `insert into people values (70, 1, 'new@x.example', '4919', null), (71, 2, null, '4919', null), (72, 1, null, '4919', null)`,
  // What the crosswalk rows point to changes, and theirs is another key.
  `update members set mail = 'm' || id || '@moved.example' where id <= 4`,
  // Two answers, which become one with what they point to.
  `update people set phone = '49 77' where id in (35, 49); insert into callers values (60, 2, '4977', 'two answers')`,
  `update members set mail = 'm5@x.example' where id in (6, 7)`,
  `update callers set tel = '49 2' where no between 10 and 20`,
  `delete from members where id = 2`,
  `update people set tenant = 3 - tenant where id % 10 = 0`,
];

test('rows with one key are resolved through rows that have two, and follow them', async () => {
  const database = await createContacts('through');
  const databaseUrl = database.url;
  const { phases } = await plan({ databaseUrl, project });
  const steps = phases[0]?.matches?.ladders.find(({ table }) => table === 'callers')?.steps;
  expect(steps?.map(({ step }) => step)).toEqual(['same digits, through people', 'same digits', 'itself']);
  await run({ databaseUrl, project });
  const before = await expectedGroups(database);
  expect(await madeGroups(database)).toEqual(before);
  expect(before.filter((ids) => ids.includes('c') && ids.includes('p')).length).toBeGreaterThan(5);
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  for (const change of CHANGES) {
    await database.query(change);
    await sync({ databaseUrl, project });
    expect(await madeGroups(database), change).toEqual(await expectedGroups(database));
  }
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await cutover({ databaseUrl, project, noBackup: true });

  const { rows } = await database.query(
    `select (select min(c.no) from callers c join contacts u on u.callers_no = c.no and u.from_people and not exists (select from contacts_duplicates f where f.unified_id = u.id)) as both`,
  );
  const both = Number(rows[0]?.both);
  const accepted = [
    `update contacts set callers_name = 'renamed' where callers_no = ${both}`,
    `insert into contacts (from_members, from_people, from_callers, callers_no, callers_org, callers_name) values (false, false, true, 500, 1, 'without')`,
    `insert into contacts (from_members, from_people, from_callers, people_id, people_tenant, mail, phone) values (false, true, false, 501, 2, 'direct@x.example', '4918')`,
  ];
  for (const sql of accepted) {
    expect(await database.query(sql).then(({ rowCount }) => rowCount, String), sql).toBe(1);
    await sync({ databaseUrl, project });
    expect(await madeGroups(database), sql).toEqual(await expectedGroups(database));
  }
  const refused: [sql: string, constraint: string][] = [
    [`insert into contacts (from_members, from_people, from_callers, callers_no, callers_org, phone) values (false, false, true, 502, 1, '49 3')`, 'drydock_match_key'],
    [`update contacts set phone = '49 9' where callers_no = ${both}`, 'drydock_pointed_to'],
    [`update contacts set mail = 'x@y.example' where people_id = 70`, 'drydock_pointed_to'],
  ]; // biome-ignore format: a table
  for (const [sql, constraint] of refused)
    expect(await database.query(sql).catch((error: unknown) => error), sql).toMatchObject({
      constraint,
      hint: expect.stringMatching(/./),
    });
  await database.query('delete from contacts where people_id = 70 and not from_callers');
  // Of two answers one is gone, with all that says by what.
  await database.query(
    `insert into people values (80, 1, 'a80@x.example', '4980', null), (81, 1, 'b81@x.example', '4980', null); insert into callers values (80, 1, '4980', 'two')`,
  );
  await sync({ databaseUrl, project });
  expect(await database.query('delete from contacts where people_id = 80')).toMatchObject({ rowCount: 1 });
  await sync({ databaseUrl, project });
  expect(await madeGroups(database)).toEqual(await expectedGroups(database));
  for (const change of CHANGES.slice(0, 5)) await database.query(change);
  // What waits may differ, and nothing else.
  expect(await verify({ databaseUrl, project })).toMatchObject({ equal: true });
  await sync({ databaseUrl, project });
  expect(await madeGroups(database)).toEqual(await expectedGroups(database));
  await rollback({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});

import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, run, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

interface Client {
  id: number;
  mail: string;
  no: number;
  cents: number;
  made: Date;
}

interface Member {
  ref: string;
  mail: string;
  amount: number;
}

const clients = d.source<Client>('Über "Kunden" 100%', {
  identity: ['id'],
  match: [d.same(d.exact, 'mail')],
  times: { created: ['made'] },
  winner: 'oldest',
  prefix: 'a',
});
const members = d.source<Member>('members', {
  identity: ['ref'],
  match: [d.same(d.exact, 'mail')],
  winner: 'smallest-identity',
  prefix: 'b',
});
const project = projectOf([
  d.consolidation('all', {
    into: 'everybody',
    sources: [clients, members],
    columns: {
      amount: d.numeric(d.times(clients.cents, '0.01'), members.amount),
      // One SQL for two columns, of two types.
      number: d.integer(d.computed(clients, 'no')),
      label: d.text(d.computed(clients, 'no')),
    },
  }),
]);

async function clientsAndMembers(): Promise<TestDatabase> {
  const database = await createTestDatabase('direct');
  await database.query(`
    create table "Über ""Kunden"" 100%" (id int primary key, mail text, no int, cents int, made timestamptz);
    create table members (ref text primary key, mail text, amount numeric(8,1));
    insert into "Über ""Kunden"" 100%" select i, 'mail' || i % 8, i * 7, i * 100, timestamptz '2024-01-01Z' + i * interval '1 day' from generate_series(1, 12) i;
    insert into members select 'r' || 10 + i, 'mail' || 4 + i % 6, i + 0.5 from generate_series(1, 9) i`);
  await run({ databaseUrl: database.url, project });
  return database;
}

/** Our rows, as texts. */
async function ours(database: TestDatabase): Promise<unknown> {
  const { rows } = await database.query(
    `select (select array_agg(u::text order by u.id) from everybody u) as unified, (select array_agg(f::text order by f::text) from everybody_duplicates f) as folded`,
  );
  return rows[0];
}

test('a direct write is what the next sync makes of it, or is refused', async () => {
  const database = await clientsAndMembers();
  const databaseUrl = database.url;
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  const { rows: first } = await database.query(`select number, label, a_no from everybody where a_id = 3`);
  expect(first).toEqual([{ number: 21, label: '21', a_no: 21 }]);
  await cutover({ databaseUrl, project, noBackup: true });

  const accepted: [sql: string, sees: string][] = [
    // With the places that the legacy columns keep.
    [`update everybody set amount = 1.5 where a_id = 1 returning amount::text as sees`, '1.50'],
    [`update everybody set amount = 300.000 where a_id = 3 returning amount::text as sees`, '300.00'],
    [`update everybody set amount = 2 where b_ref = 'r14' returning amount::text as sees`, '2.0'],
    [`update everybody set amount = 9.5 where a_id = 5 returning amount::text as sees`, '9.50'],
    // What is worked out from a row is gone with what it is made of.
    [`update everybody set a_no = null where a_id = 6 returning coalesce(label, number::text, 'none') as sees`, 'none'],
    [`insert into everybody (a_id, a_mail, amount) values (90, 'new', 7) returning amount::text as sees`, '7.00'],
  ]; // biome-ignore format: a table
  for (const [sql, sees] of accepted) {
    expect((await database.query(sql)).rows, sql).toEqual([{ sees }]);
    const before = await ours(database);
    await sync({ databaseUrl, project });
    expect(await ours(database), sql).toEqual(before);
  }

  const isFolded = (source: string) =>
    `id in (select unified_id from everybody_duplicates where source = '${source}')`;
  const refused: [sql: string, constraint: string][] = [
    [`update everybody set residue = '{}' where a_id = 7`, 'drydock_residue'],
    [`insert into everybody (a_id, residue) values (91, '{"b.amount": "1"}')`, 'drydock_residue'],
    [`update everybody set label = 'x' where a_id is null`, 'drydock_golden'],
    [`update everybody set a_no = 1 where a_id is null`, 'drydock_no_source'],
    // A duplicate would take the place of what is taken away.
    [`update everybody set from_members = false where from_a and ${isFolded('members')}`, 'drydock_duplicates'],
    // It would be the one that was made first, or has the smallest identity.
    [`update everybody set a_made = a_made + interval '1 year' where ${isFolded('Über "Kunden" 100%')}`, 'drydock_duplicates'],
    [`update everybody set a_made = null, a_no = 5 where ${isFolded('Über "Kunden" 100%')}`, 'drydock_duplicates'],
    [`update everybody set b_ref = 'z' where from_a and ${isFolded('members')}`, 'drydock_duplicates'],
  ]; // biome-ignore format: a table
  for (const [sql, constraint] of refused) {
    const error = await database.query(sql.replaceAll('from_a ', '"from_Über ""Kunden"" 100%" ')).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error, sql).toMatchObject({ constraint, hint: expect.stringMatching(/./) });
  }
  await sync({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
});

test('what another source would give a value after it is refused; what a legacy table computes follows at once', async () => {
  const database = await createTestDatabase('survivors');
  const databaseUrl = database.url;
  await database.query(`
    create table x (id int primary key, mail text, name text, city text, zip varchar(3), n int, twice int generated always as (n * 2) stored, changed timestamptz);
    create table y (id int primary key, mail text, name text, city text, zip text, changed timestamptz);
    insert into x (id, mail, name, city, zip, n, changed) select i, 'm' || i, 'x' || i, case when i > 2 then 'X' end, null, i, '2024-05-05Z' from generate_series(1, 4) i;
    insert into y select i, 'm' || i, 'y' || i, 'Y', '12345', '2024-01-01Z' from generate_series(1, 4) i`);
  interface Row {
    id: number;
    mail: string;
    name: string;
    city: string;
    zip: string;
    changed: Date;
  }
  const options = {
    identity: ['id'] as const,
    match: [d.same(d.exact, 'mail')],
    times: { updated: ['changed'] as const },
  };
  const [x, y] = [d.source<Row>('x', options), d.source<Row>('y', options)];
  const both = projectOf([
    d.consolidation('both', {
      into: 'u',
      sources: [x, y],
      columns: {
        name: d.newest(d.text(x.name, y.name)),
        ...d.together({ city: d.text(x.city, y.city), zip: d.text(x.zip, y.zip) }),
        last: d.latest,
      },
    }),
  ]);
  await run({ databaseUrl, project: both });
  await cutover({ databaseUrl, project: both, noBackup: true });
  const refused: [sql: string, constraint: string][] = [
    // The name of y would be the newer one.
    [`update u set y_changed = '2025-01-01Z' where x_id = 1`, 'drydock_survivor'],
    // The city would be that of x from now on, and so would the zip, which x does not have.
    [`update u set city = 'Z' where x_id = 1`, 'drydock_survivor'],
    // The name would be that of y again.
    [`update u set from_x = false where x_id = 3`, 'drydock_survivor'],
    [`insert into u (name, from_x) values ('no identity', true)`, 'drydock_identity'],
  ]; // biome-ignore format: a table
  for (const [sql, constraint] of refused) {
    const error = await database.query(sql).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error, sql).toMatchObject({ constraint, hint: expect.stringMatching(/./) });
  }
  const accepted = [
    `update u set y_changed = '2025-01-01Z', name = 'both' where x_id = 1`,
    `update u set city = 'Z', zip = '99' where x_id = 1`,
    `update u set x_n = 50 where x_id = 2`,
    `insert into u (x_id, x_mail, name, x_n) values (9, 'new', 'nine', 9)`,
  ];
  for (const sql of accepted) {
    await database.query(sql);
    const seen = await all(database, 'select u::text as row from u order by id');
    await sync({ databaseUrl, project: both });
    expect(await all(database, 'select u::text as row from u order by id'), sql).toEqual(seen);
  }
  expect(await all(database, 'select x_twice from u where x_id in (2, 9) order by 1')).toEqual([
    { x_twice: 18 },
    { x_twice: 100 },
  ]);
});

const all = async (database: TestDatabase, sql: string) => (await database.query(sql)).rows;

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SHAPE_A } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { backup, restore } from '../../src/index.js';
import { asAdmin } from '../support/admin.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { workDirectory } from './place.js';
import { asIfOf15_20, asIfOlder } from './reseal.js';

async function legacy(
  statements: readonly string[],
  options: { readonly encoding?: string } = {},
): Promise<TestDatabase> {
  const database = await createTestDatabase('defined', options);
  const client = await database.client();
  await createLegacySchema(client, SHAPE_A);
  for (const statement of statements) await client.query(statement);
  return database;
}

/** Backs up, and restores into another database; what is said of tables that are not there is left out. */
async function moved(database: TestDatabase, into?: string) {
  const from = join(workDirectory(), 'backup');
  const saved = await backup({ databaseUrl: database.url, to: from });
  const elsewhere = await createTestDatabase('moved');
  const { warnings, ...report } = await restore({ databaseUrl: elsewhere.url, from, into, verify: true });
  const told = warnings.filter((warning) => !warning.startsWith('Foreign key'));
  return { saved, elsewhere, report: { ...report, warnings: told } };
}

const SELDOM = [
  `alter table market_validations add constraint again foreign key (opportunity_id) references opportunities (id) not valid`,
  `comment on constraint again on market_validations is 'of a foreign key'`,
  `alter table opportunities add column no int, add constraint loose unique (no) with (fillfactor = 50)`,
  `create index by_lower on opportunities (no, lower(title))`,
  `alter index by_lower alter column 2 set statistics 333`,
  `create schema types`,
  `create type types.pair as (a text collate "C", b int)`,
  `comment on column types.pair.a is 'of an attribute'`,
  `create domain above as int constraint known check (value < 100)`,
  `alter table opportunities add column height above, add column both_of types.pair`,
  `insert into opportunities (title, height) values ('low', -5)`,
  `alter domain above add constraint positive check (value > 0) not valid`,
  `comment on constraint positive on domain above is 'of a domain'`,
  `create table surveys (id serial primary key)`,
  `alter table opportunities add column survey int default nextval('surveys_id_seq')`,
];

const FACTS = `
select obj_description(oid, 'pg_constraint') as fact from pg_constraint where conname in ('again', 'positive')
union all select conname || convalidated from pg_constraint where conname in ('known', 'positive')
union all select relname || reloptions::text from pg_class where relname = 'loose'
union all select 'statistics ' || attstattarget from pg_attribute a join pg_class c on c.oid = attrelid where relname = 'by_lower' and attnum = 2
union all select attcollation::regcollation || col_description(attrelid, attnum) from pg_attribute a join pg_class c on c.oid = attrelid
  where relname = 'pair' and attnum = 1
order by 1`;

test.each([
  ['its own schema', undefined],
  ['another one', 'tryout'],
])('what is seldom used comes back, into %s', async (_, into) => {
  const database = await legacy(SELDOM);
  const { elsewhere, report } = await moved(database, into);
  expect(report).toMatchObject({ equal: true, differences: [], warnings: [] });
  const { rows } = await database.query<{ fact: string }>(FACTS);
  expect(rows.map(({ fact }) => fact)).toEqual([
    '"C"of an attribute',
    'knowntrue',
    'loose{fillfactor=50}',
    'of a domain',
    'of a foreign key',
    'positivefalse',
    'statistics 333',
  ]);
  expect((await elsewhere.query(FACTS)).rows).toEqual(rows);
});

test('a policy that names another table names it still, is left out without it, and refused where it restricts', async () => {
  const database = await legacy([
    `create table members (id uuid)`,
    `alter table opportunities enable row level security`,
    `create policy of_members on opportunities using (exists (select from members m where m.id = opportunities.id))`,
  ]);
  const { report } = await moved(database);
  expect(report).toMatchObject({
    differences: ['tables public.opportunities, policies of_members: missing'],
    warnings: [
      'Policy of_members of opportunities was left out: it names a table or view that is not there.',
    ],
  });
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  expect(await restore({ databaseUrl: database.url, from, into: 'tryout' })).toMatchObject({ equal: true });
  const { rows } = await database.query(
    `select qual ~ 'FROM (public.)?members' as named from pg_policies where schemaname = 'tryout'`,
  );
  expect(rows).toEqual([{ named: true }]);
  await database.query(
    `create policy hiding on opportunities as restrictive using (exists (select from members))`,
  );
  await expect(moved(database)).rejects.toMatchObject({ code: 'restore-refused' });
});

test('a policy that names another table of the backup is the same without it, where that table is', async () => {
  const database = await legacy([
    `create policy of_validated on opportunities using (exists (select from market_validations v where v.opportunity_id = opportunities.id))`,
  ]);
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  const alone = { from, tables: ['opportunities'] };
  await database.query('drop table opportunities cascade');
  const again = await restore({ databaseUrl: database.url, ...alone });
  expect(again).toMatchObject({ equal: true, differences: [] });
  const elsewhere = await createTestDatabase('alone');
  expect((await restore({ databaseUrl: elsewhere.url, ...alone })).warnings).toContain(
    'Policy of_validated of opportunities was left out: it names a table or view that is not there.',
  );
});

test('a policy restricts the roles that are there, where others are gone', async () => {
  const database = await legacy([]);
  const [stays, goes] = ['stays', 'goes'].map((name) => `${database.name}_${name}`.slice(-60)) as [
    string,
    string,
  ];
  await database.query(`create role ${stays}; create role ${goes}`);
  onTestFinished(() =>
    asAdmin(async (admin) => void (await admin.query(`drop role if exists ${stays}, ${goes}`))),
  );
  await database.query(
    `create policy hiding on opportunities as restrictive to ${stays}, ${goes} using (title <> 'secret')`,
  );
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  await database.query(`drop policy hiding on opportunities; drop role ${goes}`);
  const elsewhere = await createTestDatabase('fewer_roles');
  const { warnings } = await restore({ databaseUrl: elsewhere.url, from });
  expect(warnings).toContain(
    `Policy hiding of opportunities was left out for a part: there is no role ${goes}.`,
  );
  const { rows } = await elsewhere.query(
    `select roles::text as roles from pg_policies where policyname = 'hiding'`,
  );
  expect(rows).toEqual([{ roles: `{${stays}}` }]);
  await elsewhere.query('drop policy hiding on opportunities');
});

test('a backup of an older major version comes back without a false alarm, and its owner may maintain the table', async () => {
  const database = await legacy([
    `create domain needed as int not null default 0`,
    `alter table opportunities add column needed needed`,
  ]);
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  asIfOlder(from);
  const elsewhere = await createTestDatabase('newer');
  expect(await restore({ databaseUrl: elsewhere.url, from })).toMatchObject({ equal: true, differences: [] });
  const rights = `select coalesce(relacl, acldefault('r', relowner))::text as rights from pg_class where relname = 'opportunities'`;
  expect((await elsewhere.query(rights)).rows).toEqual((await database.query(rights)).rows);
});

test('options that only the server of the backup can set are left out, and those of users come back', async () => {
  const database = await legacy([`alter table opportunities alter column title set (n_distinct = 100)`]);
  const from = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: from });
  asIfOf15_20(from);
  const elsewhere = await createTestDatabase('elsewhere');
  expect(await restore({ databaseUrl: elsewhere.url, from })).toMatchObject({ equal: true, differences: [] });
  const { rows } = await elsewhere.query(
    `select array_remove(attoptions, (select o from unnest(attoptions) o where o like 'pg!_%' escape '!')) as options
     from pg_attribute where attrelid = 'opportunities'::regclass and attname = 'title'`,
  );
  expect(rows).toEqual([{ options: ['n_distinct=100'] }]);
});

test('a database of another encoding takes a backup', async () => {
  const database = await legacy([`insert into opportunities (title) values ('Ärger')`], {
    encoding: 'LATIN1',
  });
  const { elsewhere, report } = await moved(database);
  expect(report).toMatchObject({ equal: true });
  expect((await elsewhere.query('select title from opportunities')).rows).toEqual([{ title: 'Ärger' }]);
});

test.each([
  [
    'pg_dump failed: no such luck',
    '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" && exit\necho "no such luck" >&2; exit 1',
  ],
  [
    "pg_dump 99.1 is older than the server's release, whatever its number, and writes pg_attver, which other servers refuse; use the one that came with the server",
    // As the one of 15.18 writes it of a server of 15.20.
    `#!/bin/sh\necho 'pg_dump (PostgreSQL) 99.1'\necho 'ALTER TABLE ONLY public.opportunities ALTER COLUMN id SET (pg_attver=22161896);'\n`,
  ],
  ['pg_dump is not installed, or cannot be run', 'nothing that can be run'],
])('a pg_dump that does not do it takes nothing from a backup: %s', async (left, script) => {
  const directory = workDirectory();
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'pg_dump'), script);
  chmodSync(join(directory, 'bin', 'pg_dump'), script.startsWith('#') ? 0o755 : 0o644);
  const path = process.env.PATH;
  onTestFinished(() => {
    process.env.PATH = path;
  });
  process.env.PATH = script.startsWith('#')
    ? [join(directory, 'bin'), path].join(delimiter)
    : join(directory, 'bin');
  const database = await legacy([]);
  const to = join(directory, 'backup');
  expect(await backup({ databaseUrl: database.url, to })).toMatchObject({ pgDump: { left } });
  const { files } = JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')) as {
    files: readonly { name: string }[];
  };
  expect(files.map(({ name }) => name)).toEqual(['schema.json']);
});

test('a phase of which there is no table is told', async () => {
  const database = await createTestDatabase('empty');
  await createLegacySchema(await database.client(), { ...SHAPE_A, submissions: 'none' });
  const to = join(workDirectory(), 'backup');
  await expect(backup({ databaseUrl: database.url, to, phases: ['enhancements'] })).rejects.toMatchObject({
    code: 'nothing-to-back-up',
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type LegacyMixture, mixtureName, mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { representativeMixtures } from '../../fixtures/mixtures.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { fill } from '../fixtures/filled.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { run } from '../support/unifying.js';
import { isServer } from '../support/version.js';

/** Unifies everything, and holds each view against its table in a session with the database's own settings. */
async function expectLossless(database: TestDatabase, mixture: LegacyMixture): Promise<void> {
  const report = await run({ databaseUrl: database.url, batchSize: 200 });
  await expectEqual(await database.client(), pairsOf(mixture));
  for (const phase of report.phases) {
    expect(phase).toMatchObject({ state: 'verified', rejectedRows: 0, verification: { equal: true } });
    for (const entry of phase.accounting) expect(entry).toMatchObject({ balanced: true });
  }
  expect(report.outcome).toBe('done');
}

describe('every legacy view equals its table, in every mixture', () => {
  test.each(
    representativeMixtures().map((mixture, index) => [mixtureName(mixture), mixture, index] as const),
  )('%s', async (_name, mixture, index) => {
    const database = await createTestDatabase('equality');
    const extras = index % 2 === 0;
    await fill(database, { mixture, submissions: 120, seed: index + 1, oddShare: 0.3, extras });
    await expectLossless(database, mixture);
  });
});

test('a database with settings of its own', async () => {
  const mixture = mixtureOf({ marketValidations: 'A' });
  const database = await createTestDatabase('settings');
  for (const setting of [
    `timezone to 'Asia/Kolkata'`,
    `datestyle to 'SQL, DMY'`,
    `intervalstyle to 'sql_standard'`,
    'extra_float_digits to 0',
    `bytea_output to 'escape'`,
    `xmloption to 'document'`,
  ])
    await database.query(`alter database "${database.name}" set ${setting}`);
  await fill(database, { mixture, submissions: 160, oddShare: 0.3, extras: true });
  await expectLossless(database, mixture);
});

const REDDIT = fileURLToPath(new URL('../../../shared/data/reddit-text.jsonl', import.meta.url));

test.skipIf(!existsSync(REDDIT)).each([
  ['A', SHAPE_A],
  ['B with dlt', SHAPE_B_DLT],
])('texts that people wrote, shape %s', async (_name, mixture) => {
  const database = await createTestDatabase('reddit');
  await fill(database, { mixture, submissions: 300, oddShare: 0 });
  await database.query('create table public.reddit (number int generated always as identity, text text)');
  const texts = readFileSync(REDDIT, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { title, body, comments } = JSON.parse(line) as {
        title: string;
        body: string | null;
        comments: string[];
      };
      return [title, body ?? '', ...comments];
    });
  await database.query('insert into public.reddit (text) select unnest($1::text[])', [texts]);
  expect(texts.length).toBeGreaterThan(200);
  for (const table of unifiedTables(mixture)) {
    const name = schemaNames(mixture).table(table);
    // Not where a check or a unique key says what may be there.
    const { rows } = await database.query<{ column: string; length: number | null }>(
      `select quote_ident(attname) as column, case when atttypmod > 0 then atttypmod - 4 end as length from pg_attribute a
        where attrelid = $1::regclass and attnum > 0 and atttypid in ('text'::regtype, 'varchar'::regtype)
          and attname !~ '(_id|_version|metric_name)$'
          and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and a.attnum = any (c.conkey))`,
      [name],
    );
    const changes = rows.map(
      ({ column, length }, index) =>
        `${column} = (select ${length === null ? 'text' : `left(text, ${length})`} from public.reddit where number = 1 + (n * 7919 + ${index * 31}) % ${texts.length})`,
    );
    if (changes.length === 0) continue;
    await database.query('create index if not exists by_number on public.reddit (number)');
    await database.query(
      `update ${name} t set ${changes.join(', ')} from (select ctid, row_number() over () as n from ${name}) s where s.ctid = t.ctid`,
    );
  }
  await expectLossless(database, mixture);
});

test('columns of every kind of type, with values that are hard to keep', async ({ annotate }) => {
  const mixture = mixtureOf({ scoreComponents: 'none', opportunityScores: 'A' });
  const database = await createTestDatabase('types');
  const client = await database.client();
  await fill(database, { mixture, submissions: 120, oddShare: 0 });
  await client.query(`
    create type public.pair as (a int, "B c" text);
    create type public."Mood ✓" as enum ('ok', 'so so', 'it''s "bad"');
    create type public.pass as (who text, acl aclitem); create domain public.acl as aclitem; create domain public.markup as xml;
    create domain public.short as varchar(5) check (value <> 'wrong');
    create domain public.shorts as public.short[];
    create domain public."Pair D" as public.pair;
    create collation public.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create schema ext; create type ext.mood as enum ('a'); `);
  const columns: Readonly<Record<string, readonly string[]>> = {
    numeric: ['1.10', '1.1', '0.000', 'NaN', 'Infinity', `${'9'.repeat(400)}.${'1'.repeat(300)}0`],
    'numeric[]': ['{1.0,1.00,NULL}', '{{1,2},{3,4}}', '[0:1]={7,8}', '{}'],
    real: ['-0', '1e-45', 'NaN', '-Infinity', '0.1'],
    'double precision[]': ['{-0,0,5e-324,NaN,1.7976931348623157e308}'],
    text: ['', ' ', '\\N', '\\.', 'NULL', 'a\tb\nc\rd\\e\bf\fg\vh', '\u{1f600}e\u0301\u200d'],
    'text collate "C"': ['b', 'A'],
    'text collate public.blind': ['Straße', 'STRASSE', 'straße'],
    '"char"': ['', '\\377', 'x'],
    'character(3)': ['a', '  ', ''],
    'character(3)[]': ['{"a  ","b"}'],
    name: ['a name'],
    'bit(3)': ['101'],
    'bit varying': ['', '1', '101010101'],
    // Types that the server sends in no binary form: they go as text.
    aclitem: ['=r/postgres', 'postgres=arwdDxt/postgres'],
    'aclitem[]': ['{}', '{=r/postgres,postgres=arw*/postgres}', '[0:0]={=r/postgres}'],
    'public.acl': ['=r/postgres'],
    'public.acl[]': ['{=r/postgres}'],
    'public.pass': ['("a, b",=r/postgres)', '(,)'],
    'public.pass[]': [`{"(\\"a, b\\",=r/postgres)"}`],
    'public.markup': ['<?xml version="1.0" encoding="UTF-8"?><a/>', 'a fragment<b/>'],
    'bit varying(9)[]': ['{1,"",101}'],
    bytea: ['\\x', '\\x00ff5c6e', 'plain'],
    'bytea[]': ['{"\\\\x5c","\\\\x"}'],
    json: ['{"a": 1, "a": 2, "n": 12345678901234567890.10}', ' [1,  2]', '"\\u0000"', 'null'],
    'json[]': ['{"{\\"a\\":1}",NULL,null}'],
    jsonb: ['{"a": 1.10, "b": 1e400, "ключ": "\\ud83d\\ude00"}', '1.0', '1.00', 'null', '"null"'],
    xml: [
      '<a b="1">\n<!-- c --></a>', 'no document', '', '<?xml version="1.0" encoding="UTF-8"?><a>é</a>', '<?xml version="1.0" encoding="latin1"?><a>é</a>',
      '<?xml version="1.0" standalone="yes"?><a/>', '<a/>é<b/>', ' <a/> ',
    ], // biome-ignore format: a list
    'xml[]': ['{"<a b=\\"1\\"/>","<?xml version=\\"1.0\\" encoding=\\"latin1\\"?><a>é</a>",NULL}'],
    date: ['4713-01-01 BC', 'infinity', '5874897-12-31'],
    'time(3)': ['24:00:00', '23:59:59.9995'],
    timetz: ['24:00:00-15:59', '00:00:00.000001+05:30'],
    'timestamp(0)': ['-infinity', '2025-12-31 23:59:59.9'],
    'timestamptz(3)': ['294276-12-31 23:59:59.999', '4714-11-24 00:00:00+00 BC'],
    interval: ['1 mon -1 day', '30 days', '1 month', '-00:00:00.000001', '178000000 years'],
    'interval year to month': ['1 year 2 months'],
    uuid: ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'],
    inet: ['10.0.0.1', '10.0.0.1/24', '::1'],
    cidr: ['10.0.0.0/8'],
    macaddr8: ['08:00:2b:01:02:03:04:05'],
    point: ['(1.5,-0)', '(NaN,Infinity)'],
    polygon: ['((0,0),(1,1),(1,0))'],
    circle: ['<(1,2),3>'],
    tsvector: [`'a':1A,2 'b''c':3`],
    tsquery: [`'a' & !'b' <-> 'c':*`],
    int4range: ['empty', '[1,5)', '(,)'],
    nummultirange: ['{[1.0,1.00],(2,)}', '{}'],
    money: ['-1234567.89'],
    pg_lsn: ['FFFFFFFF/FFFFFFFF'],
    oid: ['4294967295'],
    regtype: ['public.pair', 'timestamptz'],
    regclass: ['public.submissions'],
    xid8: ['18446744073709551615'],
    tid: ['(1,2)'],
    jsonpath: ['$.a[*] ? (@ > 1.10)'],
    'public.pair': ['(1,"a ""b"", \\\\c")', '(,)', '(,"")'],
    'public.pair[]': ['{"(1,x)",NULL}'],
    'public."Mood ✓"': [`it's "bad"`],
    'public."Mood ✓"[]': [`{ok,"so so"}`],
    'ext.mood': ['a'],
    'public.short': ['five5', ''],
    'public.short[]': ['{a,"",NULL}'],
    'public.shorts': ['{a,NULL}'],
    'public."Pair D"': ['(7,"x y")'],
  };
  const entries = Object.entries(columns);
  if (isServer(15)) entries.push(['numeric(5,-2)', ['12300', '-0']]);
  else await annotate('without negative scales: PostgreSQL 15 and newer');
  const generated = isServer(18) ? 'virtual' : 'stored';
  for (const table of unifiedTables(mixture)) {
    const name = schemaNames(mixture).table(table);
    await client.query(
      `alter table ${name} ${entries.map(([type], index) => `add column "k${index}" ${type}`).join(', ')},
         add column v int generated always as (k${entries.findIndex(([type]) => type === 'oid')}::bigint % 7) ${generated}`,
    );
    for (const [index, [type, values]] of entries.entries()) {
      const cast = type.replace(/ collate .*/, '');
      // The last value of the cycle is null.
      await client.query(
        `update ${name} t set k${index} = ($1::text[])[1 + n % ${values.length + 1}]::${cast}
           from (select ctid, row_number() over () as n from ${name}) s where s.ctid = t.ctid`,
        [values],
      );
    }
  }
  // What the sessions of the run would read arrays by, if they let it.
  await client.query(`alter database "${database.name}" set array_nulls to off`);
  await expectLossless(database, mixture);
});

test('legacy tables in partitions, with inherited tables, dropped columns, and dates that contradict each other', async () => {
  const mixture = mixtureOf({ scoreComponents: 'none' });
  const database = await createTestDatabase('partitions');
  await fill(database, { mixture, submissions: 120, oddShare: 0 });
  await database.query(`
    alter table public.opportunities add column gone int default 1;
    alter table public.opportunities drop column gone, add column later text default 'later';
    update public.opportunities set created_at = null, last_reviewed_at = '0044-03-15 12:00 BC';
    update public.app_opportunities set created_at = null, analyzed_at = null, trust_updated_at = null;
    update public.workflow_results set processed_at = null;
    alter table public.market_validations rename to old_validations;
    create table public.market_validations (like public.old_validations) partition by hash (id);
    create table public.p0 partition of public.market_validations for values with (modulus 2, remainder 0);
    create table public.p1 partition of public.market_validations for values with (modulus 2, remainder 1);
    insert into public.market_validations select * from public.old_validations;
    create table public.more_apps () inherits (public.app_opportunities);
    with moved as (delete from only public.app_opportunities where id in (select id from public.app_opportunities limit 20) returning *)
      insert into public.more_apps select * from moved`);
  await expectLossless(database, mixture);
});

import { expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

type Native = (...givers: readonly d.Giver<never>[]) => d.Golden<unknown>;
interface Kind {
  /** In SQL. */
  readonly type: string;
  /** As they are written; those that are functions of the server begin with `=`. */
  readonly values: readonly string[];
  /** The shared column that takes it with a way back, where there is one. */
  readonly native?: Native;
}

const native = (column: (...givers: never[]) => d.Golden<unknown>) => column as unknown as Native;
const FLOATS = ['0', '-0', '1.5', 'NaN', 'Infinity', '-Infinity', '1e-37', '-1e38'];

const TYPES: Readonly<Record<string, Kind>> = {
  small: { type: 'smallint', values: ['0', '-32768', '32767'], native: native(d.integer) },
  whole: { type: 'integer', values: ['0', '-2147483648', '2147483647'], native: native(d.integer) },
  big: { type: 'bigint', values: ['0', '-9223372036854775808', '9223372036854775807'], native: native(d.bigint) },
  price: { type: 'numeric(12,3)', values: ['0', '-0.001', '123456789.999', 'NaN'], native: native(d.numeric) },
  free: { type: 'numeric', values: ['1.10', '1.1', 'NaN', 'Infinity', '-Infinity', `1${'0'.repeat(400)}.${'0'.repeat(300)}1`], native: native(d.numeric) },
  single: { type: 'real', values: FLOATS, native: native(d.numeric) },
  double: { type: 'double precision', values: [...FLOATS, '5e-324', '0.1', '1.7976931348623157e308'], native: native(d.numeric) },
  words: { type: 'text', values: ['', ' ', '\\', '"', 'é', 'e\u0301', '日本 🏠', '\u0001\u007f\u0085\u200d\ufeff\uffff', '\u{10ffff}', '\t\n\r', `=repeat('ü🏠', 300000)`], native: native(d.text) },
  short: { type: 'varchar(7)', values: ['', '1234567', '🏠🏠🏠🏠🏠🏠🏠'], native: native(d.text) },
  padded: { type: 'char(5)', values: ['', 'ab', '  a'], native: native(d.text) },
  caseless: { type: 'public.citext', values: ['', 'Ab', 'aB', 'STRASSE', 'ß'], native: native(d.text) },
  mood: { type: 'public.mood', values: ['ok', 'sad', 'X "Y"'], native: native(d.text) },
  level: { type: 'public.level', values: ['0', '99'], native: native(d.integer) },
  label: { type: 'public.label', values: ['a', 'Ünï'], native: native(d.text) },
  truth: { type: 'boolean', values: ['t', 'f'], native: native(d.boolean) },
  day: { type: 'date', values: ['infinity', '-infinity', '4713-01-01 BC', '0001-01-01 BC', '0001-01-01', '5874897-12-31', '2024-02-29'], native: native(d.date) },
  local: { type: 'timestamp', values: ['infinity', '-infinity', '4713-01-01 00:00:00 BC', '294276-12-31 23:59:59.999999', '2024-03-31 02:30:00.000001'], native: native(d.localTime) },
  moment: { type: 'timestamptz', values: ['infinity', '-infinity', '4713-01-02 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '2024-03-31 02:30:00.5+01'], native: native(d.moment) },
  cut: { type: 'timestamptz(0)', values: ['2024-03-31 02:30:00+00', 'infinity'], native: native(d.moment) },
  clock: { type: 'time', values: ['00:00:00', '24:00:00', '12:34:56.789012'] },
  zoned: { type: 'timetz', values: ['00:00:00+15:59', '24:00:00-15:59'] },
  span: { type: 'interval', values: ['0', '1 mon -1 day +00:00:00.000001', '-178000000 years', '1 year 2 mons'] },
  raw: { type: 'bytea', values: ['\\x', '\\x00', '\\x00ff5c', `=decode(repeat('00ff', 200000), 'hex')`] },
  uid: { type: 'uuid', values: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'], native: native(d.id) },
  document: { type: 'jsonb', values: ['null', '{}', '[]', '{"a": 1.10, "b": [[], {}], "é": "\\u0001"}', '12345678901234567890.10', '"x"'], native: native(d.json) },
  spelled: { type: 'json', values: ['null', ' {"b":1,"a":2,"b":3} ', '[1.0,1e2]', '"\\u0000"'] },
  money: { type: 'money', values: ['0', '-92233720368547758.08', '92233720368547758.07'] },
  smalls: { type: 'smallint[]', values: ['{}', '{1,NULL,-32768}', '{{1,2},{3,4}}', '[0:1]={5,6}'] },
  texts: { type: 'text[]', values: ['{}', '{NULL,"NULL","",",","\\\\","\\""}', '{{a,b},{c,d}}', '{"日本 🏠"}'] },
  moods: { type: 'public.mood[]', values: ['{}', '{ok,NULL,"X \\"Y\\""}'] },
  levels: { type: 'public.level[]', values: ['{}', '{0,99,NULL}'] },
  times: { type: 'timestamptz[]', values: ['{}', '{infinity,"4713-01-02 00:00:00+00 BC"}'] },
  docs: { type: 'jsonb[]', values: ['{}', '{"{\\"a\\": 1.0}",NULL}'] },
  bits: { type: 'bit varying(9)', values: ['', '1', '000000000'] },
  address: { type: 'inet', values: ['0.0.0.0/0', '::1', '10.0.0.1/8'] },
  network: { type: 'cidr', values: ['10.0.0.0/8', '::/0'] },
  point: { type: 'point', values: ['(0,-0)', '(NaN,Infinity)'] },
  range: { type: 'tstzrange', values: ['empty', '(,)', '["2024-01-01 00:00:00+00",infinity]'] },
  ranges: { type: 'int4multirange', values: ['{}', '{[1,3),[5,)}'] },
  search: { type: 'tsvector', values: ['', `'a':1A 'b''c':2`] },
}; // biome-ignore format: a table

const names = Object.keys(TYPES);
const ROWS = 12;
const sourceOf = (table: string) =>
  d.source<Record<string, never> & { id: number; mail: string }>(table, {
    identity: ['id'],
    match: [d.same(d.exact, 'mail')],
    prefix: table,
  }) as unknown as d.Source<Record<string, never>> & Record<string, d.Column<never>>;
const [one, two] = [sourceOf('one'), sourceOf('two')];
const column = (source: Record<string, d.Column<never>>, name: string) => source[name] as d.Column<never>;

const project = projectOf([
  d.consolidation('types', {
    into: 'all_types',
    sources: [one, two],
    columns: Object.fromEntries(
      Object.entries(TYPES).flatMap(([name, { type, native: make }]): [string, d.Golden<unknown>][] => [
        [`as_${name}`, d.as(type, column(one, name), column(two, name))],
        ...(make === undefined
          ? []
          : [[`as_it_is_${name}`, make(...([column(one, name), column(two, name)] as never[]))] as [string, d.Golden<unknown>]]),
      ]),
    ),
  }),
]); // biome-ignore format: both for each type

/** The value of a row: each in turn, and now and then none. */
function valueSql(name: string, row: number): string {
  const { type, values } = TYPES[name] as Kind;
  const value = values[row % (values.length + 1)];
  if (value === undefined) return 'null';
  return value.startsWith('=') ? `(${value.slice(1)})::${type}` : `$t$${value}$t$::${type}`;
}

async function createTypes(database: TestDatabase): Promise<void> {
  await database.query(`
    create extension citext;
    create type mood as enum ('ok', 'sad', 'X "Y"');
    create domain level as smallint check (value between 0 and 99);
    create domain label as varchar(5) not null default 'a';
    alter domain label drop not null`);
  for (const [table, shift] of [
    ['one', 0],
    ['two', 1],
  ] as const) {
    await database.query(
      `create table ${table} (id int primary key, mail text, ${names.map((name) => `${name} ${TYPES[name]?.type}`).join(', ')})`,
    );
    for (let row = 0; row < ROWS; row += 1)
      // Some have a row in one table alone; of others both say the same, or each something else.
      await database.query(
        `insert into ${table} values (${row}, 'm${table === 'two' && row % 4 === 0 ? row + 100 : row}', ${names.map((name) => valueSql(name, row % 3 === 0 ? row : row + shift)).join(', ')})`,
      );
  }
}

/** Each value as its bytes are sent: two texts may be one value, and two values one text. */
async function everything(database: TestDatabase): Promise<unknown> {
  const rows = (table: string) =>
    `(select array_agg(md5(concat(t.id, t.mail, ${names.map((name) => `';', encode(record_send(row(t.${name})), 'hex')`).join(', ')})) order by t.id) from ${table} t)`;
  return (await database.query(`select ${rows('one')} as one, ${rows('two')} as two`)).rows[0];
}

test('times with a zone and without one meet only where a zone is said', async () => {
  const database = await createTestDatabase('zones');
  const databaseUrl = database.url;
  await database.query(
    `create table z (id int primary key, at timestamptz, shown timestamp(3), day date, all_shown timestamp[])`,
  );
  const z = d.source<{ id: number; at: Date; shown: Date; day: Date; all_shown: unknown }>('z', {
    identity: ['id'],
  });
  const stopsOf = async (columns: d.ConsolidationOptions['columns']) => {
    const declared = projectOf([d.consolidation('zones', { into: 'u', sources: [z], columns })]);
    return (await plan({ databaseUrl, project: declared })).stops.map(
      ({ code, message }) => `${code}: ${message}`,
    );
  };
  expect(
    await stopsOf({
      a: d.moment(z.shown),
      b: d.localTime(z.at),
      c: d.as('timestamptz', z.day),
      d: d.as('timestamp with time zone[]', z.all_shown),
    }),
  ).toEqual([
    'no-conversion: z.shown is of type timestamp(3) without time zone, of which no timestamptz for a can be made.',
    'no-conversion: z.at is of type timestamp with time zone, of which no timestamp for b can be made.',
    expect.stringContaining('z.day is of type date and c of type timestamptz: between them is a time zone'),
    expect.stringContaining(
      'z.all_shown is of type timestamp without time zone[] and d of type timestamp with',
    ),
  ]);
  expect(
    await stopsOf({
      a: d.moment(d.inZone(z.shown, '+02:00')),
      b: d.localTime(d.inZone(z.at, 'UTC')),
      c: d.as('date', z.day),
      d: d.as('timestamp[]', z.all_shown),
    }),
  ).toEqual([]);
});

test('every type is shared, with whatever value, and comes back to the byte', async () => {
  const database = await createTestDatabase('types');
  const databaseUrl = database.url;
  await createTypes(database);
  expect((await plan({ databaseUrl, project })).stops).toEqual([]);
  const before = await everything(database);
  await run({ databaseUrl, project });
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  // The first source that has a value gives it, of each type.
  const { rows: wrong } = await database.query(
    names
      .map(
        (name) =>
          `select '${name}' as type from all_types u left join one on one.id = u.one_id left join two on two.id = u.two_id where record_send(row(u.as_${name})) <> record_send(row(coalesce(one.${name}, two.${name})::${TYPES[name]?.type}))`,
      )
      .join(' union all '),
  );
  expect(wrong).toEqual([]);
  await cutover({ databaseUrl, project, noBackup: true });
  expect(await everything(database)).toEqual(before);
  // As an application writes them.
  await database.query(`insert into two select id + 50, 'm' || id + 50, ${names.join(', ')} from one`);
  await database.query(`update one set (${names.join(', ')}) = (select ${names.join(', ')} from two where two.id = 61 - one.id)`);
  const written = await everything(database);
  await sync({ databaseUrl, project });
  expect(await everything(database)).toEqual(written);
  expect(await verify({ databaseUrl, project, strict: true })).toMatchObject({ equal: true });
  await rollback({ databaseUrl, project });
  expect(await everything(database)).toEqual(written);
}); // biome-ignore format: long statements

import { describe, expect, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import * as d from '../../src/declare.js';
import { complete, cutover, plan, rollback, run, sync, verify } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Types that a stranger's rows are told apart by, with a value for each whole number. */
const TYPES: Readonly<Record<string, readonly [type: string, value: (i: string) => string]>> = {
  small: ['smallint', (i) => `${i}`],
  big: ['bigint', (i) => `${i} + 9007199254740993`],
  id: ['uuid', (i) => `md5((${i})::text)::uuid`],
  code: ['char(8)', (i) => `'c' || ${i}`],
  words: ['varchar(200)', (i) => `repeat('ü', ${i}) || ${i}`],
  price: ['numeric', (i) => `(${i})::numeric / 8`],
  ratio: ['double precision', (i) => `(${i})::float8 / 3`],
  day: ['date', (i) => `date '2024-01-31' + ${i}`],
  at: ['timestamptz', (i) => `timestamptz '2024-01-31 12:00:00.123456+00' + (${i}) * interval '1 microsecond'`],
  at_local: ['timestamp', (i) => `timestamp '2024-01-31 12:00' + (${i}) * interval '1 hour'`],
  raw: ['bytea', (i) => `decode(md5((${i})::text), 'hex')`],
  net: ['inet', (i) => `inet '10.0.0.0' + ${i}`],
  mood: ['mood', (i) => `('m' || ${i} % 41)::mood`],
  counted: ['counted', (i) => `${i}`],
  folding: ['text collate folding', (i) => `'Key ' || ${i}`],
  pair: ['int[]', (i) => `array[${i}, 1]`],
}; // biome-ignore format: a table

const ROWS = 40;

const names = Object.keys(TYPES);

const ones = names.map((name) =>
  d.source<{ k: unknown; mail: string; label: string }>(`one_${name}`, {
    identity: ['k'],
    match: [d.same(d.email, 'mail')],
  }),
);
/** Its rows point by one column of each type. */
const other = d.source<Record<string, unknown> & { mail: string; label: string }>('other', {
  identity: ['no'],
  match: [...ones.map((one, at) => d.via(one, String(names[at]))), d.same(d.email, 'mail')],
});

const project = projectOf([
  d.consolidation('everything', {
    into: 'all_ones',
    sources: [...ones, other],
    columns: {
      mail: d.text(...ones.map(({ mail }) => mail), other.mail as d.Column<string>),
      label: d.newest(d.text(...ones.map(({ label }) => label), other.label as d.Column<string>)),
    },
  }),
]);

const everyType = (sql: (name: string, type: string, value: (i: string) => string) => string) =>
  names.map((name) => sql(name, ...(TYPES[name] as (typeof TYPES)[string]))).join(';');

async function createTables(database: TestDatabase): Promise<void> {
  await database.query(`
    create type mood as enum (${Array.from({ length: 41 }, (_, i) => `'m${(i * 7) % 41}'`).join(', ')});
    create domain counted as int check (value >= 0);
    create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    ${everyType(
      (name, type, value) => `
      create table one_${name} (k ${type} primary key, mail text, label text);
      create table named_${name} (no int primary key, k ${type} references one_${name} on update cascade);
      insert into one_${name} select ${value('i')}, 'm' || i % 30 || '@x.example', 'one ' || i from generate_series(1, ${ROWS}) i;
      insert into named_${name} select i, ${value('i')} from generate_series(1, ${ROWS}) i`,
    )};
    create table other (no serial primary key, mail text, label text, ${names.map((name) => `${name} ${TYPES[name]?.[0]}`).join(', ')});
    insert into other (mail, label, ${names.join(', ')}) select 'other' || i || '@x.example', case when i % 2 = 0 then 'other ' || i end,
      ${names.map((name, at) => `case when i % ${names.length + 1} = ${at} then ${TYPES[name]?.[1]('i')} end`).join(', ')} from generate_series(1, ${ROWS}) i`);
}

const everyTable = async (database: TestDatabase) => {
  const tables = ['other', ...names.map((name) => `one_${name}`)];
  const parts = tables.map(
    (table) => `(select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from ${table} t) as ${table}`,
  );
  return (await database.query(`select ${parts.join(', ')}`)).rows[0];
};

describe('rows that are told apart by values of any type', () => {
  test('go there and back, are kept up, are written directly, and are named by foreign keys for good', {
    timeout: 180_000,
  }, async () => {
    const database = await createTestDatabase('identities');
    const databaseUrl = database.url;
    await createTables(database);
    expect((await plan({ databaseUrl, project })).stops).toEqual([]);
    await run({ databaseUrl, project, batchSize: 200 });
    const equal = async () => {
      const { phases } = await verify({ databaseUrl, project, strict: true, limit: 2 });
      expect(phases.flatMap(({ tables }) => tables.filter((table) => !table.equal))).toEqual([]);
      expect(phases.map((phase) => phase.equal)).toEqual([true]);
    };
    await equal();
    await database.query(
      everyType(
        (name, _type, value) => `
        update one_${name} set mail = 'm7@x.example' where k = ${value('9')};
        update one_${name} set k = ${value('0')} where k = ${value('1')};
        insert into other (${name}, label) values (${value('0')}, 'pointed by ${name}')`,
      ),
    );
    await sync({ databaseUrl, project });
    await equal();
    const now = await everyTable(database);
    await cutover({ databaseUrl, project, noBackup: true });
    expect(await everyTable(database)).toEqual(now);
    // A shared column is the first source's, unless somebody says otherwise.
    await expect(
      database.query(`insert into all_ones (one_big_k, label) values (77, 'direct')`),
    ).rejects.toMatchObject({
      code: '23502',
      message: expect.stringMatching(/would be one of one_small as well, .* told apart by one_small_k/),
      hint: expect.stringMatching(/set from_one_small to false/),
    });
    await database.query(
      everyType(
        (name, _type, value) =>
          `insert into all_ones (one_${name}_k, label, from_one_small) values (${value('1')}, 'direct', ${name === 'small'})`,
      ),
    );
    await database.query(
      everyType((name, _type, value) => `update one_${name} set label = 'old name' where k = ${value('8')}`),
    );
    await sync({ databaseUrl, project });
    await equal();
    await rollback({ databaseUrl, project });
    await equal();
    await cutover({ databaseUrl, project, noBackup: true });
    const done = await complete({ databaseUrl, project });
    expect(done.phases).toMatchObject([{ outcome: 'completed' }]);
    const named = names.map(
      (name) =>
        `select '${name}' as name, count(*)::int as n, count(u.id)::int as named from named_${name} n left join all_ones u on u.one_${name}_k = n.k`,
    );
    const { rows } = await database.query(named.join(' union all '));
    expect(rows).toEqual(names.map((name) => ({ name, n: ROWS, named: ROWS })));
  });
});

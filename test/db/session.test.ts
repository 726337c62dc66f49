import { beforeAll, describe, expect, test } from 'vitest';
import { ident } from '../../src/db/identifier.js';
import type { Session } from '../../src/db/session.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { copyInLines, copyOutLines, openSession } from '../support/session.js';
import { isServer } from '../support/version.js';

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createTestDatabase('session');
  session = await openSession(database.url);
});

/** A connection that may write, whatever was set for the database. */
async function writer() {
  const client = await database.client();
  await client.query('set default_transaction_read_only = off');
  return client;
}

/** Values whose text depends on a setting, or whose reading does. */
const VALUES = {
  timestamptz: '2025-11-18 12:34:56.000001+05:30',
  date: '2025-11-18',
  interval: '1 year -2 days 03:04:05.6',
  'double precision': '0.30000000000000004',
  real: '0.1',
  bytea: '\\x00ff',
  money: '-12.34',
  'text[]': '{NULL,"NULL",a}',
  xml: 'text <a/>',
  regtype: 'public.colour',
} as const;

/** What ALTER DATABASE or ALTER ROLE may have set. */
const HOSTILE = {
  timezone: 'Asia/Kolkata',
  datestyle: 'SQL, DMY',
  intervalstyle: 'sql_standard',
  extra_float_digits: '-10',
  bytea_output: 'escape',
  lc_monetary: 'C.UTF-8',
  array_nulls: 'off',
  xmloption: 'document',
  search_path: 'public, pg_catalog',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  statement_timeout: '5s',
  quote_all_identifiers: 'on',
};

/** What only older servers can be set to. */
const HOSTILE_ONCE = { standard_conforming_strings: 'off' };

test('values are printed and read alike, whatever was set for the database', async () => {
  await session.execute(`create type public.colour as enum ('red')`);
  const columns = Object.keys(VALUES);
  await session.execute(`create table public.v (${columns.map((type, n) => `c${n} ${type}`).join(', ')})`);
  await copyInLines(session, 'public.v', [Object.values(VALUES).join('\t').replaceAll('\\', '\\\\')]);
  const before = await copyOutLines(session, 'select * from public.v');

  const admin = await writer();
  const hostile: Readonly<Record<string, string>> = { ...HOSTILE, ...(isServer(19) ? {} : HOSTILE_ONCE) };
  for (const [name, value] of Object.entries(hostile)) {
    const list = name === 'search_path' ? value : `'${value}'`;
    await admin.query(`alter database ${ident(database.name)} set ${name} = ${list}`);
  }
  const pinned = await openSession(database.url);
  expect(await copyOutLines(pinned, 'select * from public.v')).toEqual(before);
  await copyInLines(pinned, 'public.v', before);
  expect(await copyOutLines(session, 'select * from public.v')).toEqual([...before, ...before]);
  const [type] = await pinned.query(`select format_type('uuid'::regtype, -1) as name`);
  expect(type).toEqual({ name: 'uuid' });
  for (const name of Object.keys(hostile))
    await admin.query(`alter database ${ident(database.name)} reset ${name}`);
});

test('a role that ends long transactions does not end ours', async () => {
  const [known] = await session.query(`select from pg_settings where name = 'transaction_timeout'`);
  const admin = await writer();
  for (const name of ['idle_session_timeout', ...(known === undefined ? [] : ['transaction_timeout'])]) {
    await admin.query(`alter database ${ident(database.name)} set ${name} = '1h'`);
    const pinned = await openSession(database.url);
    expect(await pinned.one(`select current_setting('${name}') as value`)).toEqual({ value: '0' });
    await admin.query(`alter database ${ident(database.name)} reset ${name}`);
  }
});

test('nothing of the application can take the place of a function of Postgres', async () => {
  await session.execute(
    `create function public.md5(varchar) returns text language sql as $$ select 'hijacked' $$;
     create function public.starts_with(text, varchar) returns boolean language sql as $$ select false $$`,
  );
  const own = await openSession(database.url);
  const row = await own.one(
    `select md5('a'::varchar) as hash, starts_with('ab', 'a'::varchar)::text as starts`,
  );
  expect(row).toEqual({ hash: '0cc175b9c0f1b6a831c399e269772661', starts: 'true' });
});

describe('results', () => {
  test('are text, as Postgres prints it', async () => {
    const row = await session.one(
      `select 12345678901234567890::numeric as n, 'infinity'::timestamptz as t, '{"a": 1.10}'::jsonb as j, true as b, null as x`,
    );
    expect(row).toEqual({ n: '12345678901234567890', t: 'infinity', j: '{"a": 1.10}', b: 't', x: null });
  });

  test('come piece by piece from a stream, all of them', async () => {
    let sum = 0;
    for await (const row of session.stream('select g from generate_series(1, $1::int) g', ['1000'], 64))
      sum += Number(row.g);
    expect(sum).toBe(500_500);
  });

  test('without a row, one() is an error', async () => {
    await expect(session.one('select 1 where false')).rejects.toThrow('had no answer');
  });
});

describe('transactions', () => {
  test('commit what was done, and roll back what failed', async () => {
    await session.execute('create table public.done (a int)');
    await session.transaction(() => session.execute('insert into public.done values (1)'));
    const failed = session.transaction(async () => {
      await session.execute('insert into public.done values (2)');
      throw new Error('after the insert');
    });
    await expect(failed).rejects.toThrow('after the insert');
    expect(await session.query('select a::text from public.done')).toEqual([{ a: '1' }]);
  });

  test('a COMMIT that the server answers with ROLLBACK is an error', async () => {
    const swallowed = session.transaction(async () => {
      await session.execute('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow(expect.objectContaining({ code: 'not-committed' }) as Error);
    expect(await session.query('select 1 as alive')).toHaveLength(1);
  });

  test('a deferred constraint fails at COMMIT, and that is told', async () => {
    await session.execute('create table public.d (a int unique deferrable initially deferred)');
    const twice = session.transaction(() => session.execute('insert into public.d values (1), (1)'));
    await expect(twice).rejects.toThrow('d_a_key');
    expect(await session.query('select from public.d')).toEqual([]);
  });
});

describe('COPY', () => {
  test('counts what the server took', async () => {
    await session.execute('create table public.c (a int)');
    expect(
      await session.copyIn('copy public.c from stdin', [Buffer.from('1\n2\n'), Buffer.from('3\n')]),
    ).toBe(3);
    // A line `\.` ends the input in silence; only the count tells.
    expect(await session.copyIn('copy public.c from stdin', [Buffer.from('4\n\\.\n5\n')])).not.toBe(2);
  });

  test('that the server refuses leaves nothing and a usable session', async () => {
    const before = await session.one('select count(*)::text as n from public.c');
    const refused = session.copyIn('copy public.c from stdin', [Buffer.from('6\nnot a number\n')]);
    await expect(refused).rejects.toThrow('invalid input syntax');
    expect(await session.one('select count(*)::text as n from public.c')).toEqual(before);
  });

  test('whose source fails is not taken for a whole one', async () => {
    const before = await session.one('select count(*)::text as n from public.c');
    function* cut() {
      yield Buffer.from('7\n');
      throw new Error('the source failed');
    }
    await expect(session.copyIn('copy public.c from stdin', cut())).rejects.toThrow();
    expect(await session.one('select count(*)::text as n from public.c')).toEqual(before);
  });
});

test('closing twice, or a session that is gone, is no error', async () => {
  const own = await openSession(database.url);
  const pid = await own.backendPid();
  await session.query('select pg_terminate_backend($1::int)', [pid]);
  await own.close();
  await own.close();
});

test('a snapshot whose session is gone is a lost connection, and no defect', async () => {
  const { url } = await createTestDatabase('snapshot');
  const [exporter, importer] = [await openSession(url), await openSession(url)];
  await exporter.begin('repeatable read', 'read only');
  const snapshot = String(await exporter.exportSnapshot());
  await exporter.close();
  await importer.begin('repeatable read', 'read only');
  await expect(importer.importSnapshot(snapshot)).rejects.toMatchObject({ code: 'connection-lost' });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { withCleanup } from '../../src/db/cleanup.js';
import { inFreshSnapshot, readTogether } from '../../src/db/fresh-snapshot.js';
import { RewrittenError } from '../../src/db/rewritten.js';
import type { Session } from '../../src/db/session.js';
import { DrydockError } from '../../src/errors.js';
import { copyRowsBehindFence } from '../../src/extract/copy-source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { newType } from '../support/rewrites.js';
import { openSession } from '../support/session.js';

let database: TestDatabase;
let [session, other]: Session[] = [];
const ROWS = 100;

beforeAll(async () => {
  database = await createTestDatabase('fence');
  [session, other] = [await openSession(database.url), await openSession(database.url)];
  await database.query(`
    create table plain (id int primary key, notes text);
    insert into plain select n, 'x' from generate_series(1, ${ROWS}) n;
    create table behind as select * from plain;
    create view seen as select * from behind;
    create table parted (id int, notes text) partition by range (id);
    create table low partition of parted for values from (0) to (50);
    create table high partition of parted for values from (50) to (1000);
    create table parent (id int, notes text);
    create table child () inherits (parent);
    create materialized view kept as select * from behind;
    create table twin (like plain including all);
    insert into parted select id, notes from plain; insert into child select id, notes from plain; insert into twin select * from plain`);
});

const open = () => [session, other] as [Session, Session];
const count = async (table: string) => Number((await open()[0].one(`select count(*) as n from ${table}`)).n);

/** Reads a table after others did something to it that the transaction's snapshot is older than. */
async function read(table: string, meanwhile: string): Promise<number> {
  const [session, other] = open();
  return session.transaction(async () => {
    await session.query('select');
    await other.execute(meanwhile);
    return count(table);
  }, 'repeatable read');
}

test.each([
  ['a new type', 'public.twin', newType('public.twin'), 'public.twin'],
  ['a persistence', 'public.seen', 'alter table public.behind set unlogged', 'public.behind'],
  ['of a partition', 'public.parted', newType('public.parted'), 'public.high, public.low'],
  ['of one partition', 'public.parted', 'truncate public.low', 'public.low'],
  ['of a child', 'public.parent', newType('public.parent'), 'public.child, public.parent'],
  [
    'a TRUNCATE whose rows come again',
    'public.twin',
    'begin; truncate public.twin; insert into public.twin select * from public.plain; commit',
    'public.twin',
  ],
  ['VACUUM FULL, which does no harm', 'public.twin', 'vacuum full public.twin', 'public.twin'],
  [
    'a new table under the name',
    'public.twin',
    'begin; alter table public.twin rename to old; create table public.twin (like public.old); insert into public.twin select * from public.old; drop table public.old; commit',
    'public.twin',
  ],
  ['a materialized view', 'public.kept', 'refresh materialized view public.kept', 'public.kept'],
])('what was rewritten under the snapshot is not read: %s', async (_name, table, rewrite, tables) => {
  const result = read(table, rewrite);
  await expect(result).rejects.toThrow(RewrittenError);
  await expect(result).rejects.toMatchObject({ code: 'table-rewritten', tables: tables.split(', ') });
});

test('a transaction that has read before keeps the rewrite out, and one that reads afterwards sees it', async () => {
  const [session, other] = open();
  await session.transaction(async () => {
    expect(await count('public.plain')).toBe(ROWS);
    await expect(other.execute(`set lock_timeout = '50ms'; ${newType('public.plain')}`)).rejects.toThrow();
    expect(await count('public.plain')).toBe(ROWS);
  }, 'repeatable read');
  expect(await read('public.twin', 'select')).toBe(ROWS);
});

test('a transaction that has not read the table is not stopped, nor by what is no rewrite', async () => {
  expect(await read('public.parent', newType('public.plain'))).toBe(ROWS);
  const harmless = [
    'create index on public.plain (notes)',
    'reindex table public.plain',
    'alter table public.plain add column more int default 1',
    'update public.plain set notes = notes',
    'vacuum public.plain',
    'vacuum full pg_catalog.pg_class',
  ];
  for (const statement of harmless) expect(await read('public.plain', statement)).toBe(ROWS);
});

test("a transaction's own doings are no rewrite of others: tables made, emptied and dropped, temporary ones before it", async () => {
  const [session, other] = open();
  await session.execute('create temp table older (notes text) on commit delete rows');
  await session.transaction(async () => {
    await session.execute(`create table public.mine (id int, notes text); ${newType('public.mine')}`);
    await session.execute('truncate public.mine; drop table public.mine');
    await session.execute('insert into pg_temp.older select notes from public.plain');
    await session.execute(newType('public.plain'));
    expect(await count('public.plain')).toBe(ROWS);
  }, 'repeatable read');
  // A snapshot that was taken over is older than what this session made for itself.
  await other.begin('repeatable read', 'read only');
  const snapshot = (await other.exportSnapshot()) ?? '';
  await session.execute('create temp table younger (notes text) on commit delete rows');
  await session.transaction(async () => {
    await session.importSnapshot(snapshot);
    // Long enough to be stored out of line.
    await session.execute(
      `insert into pg_temp.younger select string_agg(md5(n::text), '') from generate_series(1, 10000) n`,
    );
    expect(await count('public.plain')).toBe(ROWS);
  }, 'repeatable read');
  await other.rollback();
});

test('what was concluded from an empty table is no reason', async () => {
  const [session, other] = open();
  const work = session.transaction(async () => {
    await session.query('select');
    await other.execute(newType('public.plain'));
    if ((await count('public.plain')) === 0)
      throw new DrydockError({ code: 'different', what: 'It is empty.', state: '', next: '' });
  }, 'repeatable read');
  await expect(work).rejects.toThrow(RewrittenError);
});

test('it is read again by another snapshot, and not for ever', async () => {
  const [session, other] = open();
  let attempts = 0;
  const reading = (often: number) =>
    readTogether(session, undefined, async () => {
      attempts += 1;
      await session.query('select');
      if (attempts <= often) await other.execute(newType('public.plain'));
      return count('public.plain');
    });
  expect(await reading(2)).toBe(ROWS);
  expect(attempts).toBe(3);
  const stop = new AbortController();
  attempts = 0;
  const endless = inFreshSnapshot(stop.signal, async () => {
    attempts += 1;
    if (attempts === 4) stop.abort();
    await read('public.plain', newType('public.plain'));
  });
  await expect(endless).rejects.toThrow(RewrittenError);
  expect(attempts).toBe(4);
});

test('of a COPY whose rows are used at once, none comes before it is sure', async () => {
  const [session, other] = open();
  await session.begin('repeatable read', 'read only');
  await session.query('select');
  await other.execute('alter table public.behind set logged');
  await expect(copyRowsBehindFence(session, 'select * from public.seen')).rejects.toThrow(RewrittenError);
  await session.rollback();
  await session.begin('repeatable read', 'read only');
  const rows = await copyRowsBehindFence(session, 'select * from public.seen');
  await expect(
    other.execute(`set lock_timeout = '50ms'; alter table public.behind set unlogged`),
  ).rejects.toThrow();
  let found = 0;
  for await (const piece of rows) found += piece.length;
  expect(found).toBe(ROWS);
  await session.rollback();
});

test('the look at what a result rests on comes before the result, and is left out after an error', async () => {
  const seen: string[] = [];
  const work = (fails: boolean) =>
    withCleanup(async (cleanup) => {
      cleanup.add(() => void seen.push('undone'));
      cleanup.beforeResult(async () => void seen.push('looked'));
      if (fails) throw new Error('failed');
      seen.push('done');
    });
  await work(false);
  await expect(work(true)).rejects.toThrow('failed');
  expect(seen).toEqual(['done', 'looked', 'undone', 'undone']);
});

test('who takes a snapshot by hand is known: each of them passes the fence', () => {
  const src = join(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const by = files.filter((name) =>
    readFileSync(join(src, name), 'utf8').includes(`begin('repeatable read'`),
  );
  // A reader's clean-up does it; the others by their commit, or in so many words.
  expect(by.sort()).toEqual([
    'backup/backup.ts',
    'context/reader.ts',
    'cutover/locks.ts',
    'db/fresh-snapshot.ts',
    'verify/standby-queue.ts',
  ]);
});

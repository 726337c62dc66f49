import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { type CatalogTable, columnOf, isUniqueKey, readTable } from '../../src/legacy/catalog.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { needsServer } from '../support/version.js';

let session: Session;
const read = async (name: string, schema = 'public') => {
  const table = await readTable(session, schema, name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
};
beforeAll(async () => {
  session = await openSession((await createTestDatabase('catalog')).url);
});

describe('the type of a column', () => {
  let table: CatalogTable;
  beforeAll(async () => {
    await session.execute(`
      create type public."Mood" as enum ('good');
      create type public.pair as (a int, b text);
      create collation public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create domain public.percent as numeric(5,2);
      create domain public.label as varchar(20) collate "C";
      create domain public.title as public.label;
      create domain public.titles as public.label[];
      create table public.typed (
        plain text, sized varchar(20), padded char(5), exact numeric, score numeric(5,2),
        whole numeric(6), counted int, ratio float8, moment timestamptz(3), mood public."Mood", moods public."Mood"[],
        composite public.pair, percent public.percent, title public.title, titles public.titles, document jsonb,
        collated text collate "C", loose text collate public.loose, dropped int,
        generated int generated always as (counted * 2) stored, numbered int generated always as identity
      );
      alter table public.typed drop column dropped`);
    table = await read('typed');
  });

  test.each([
    // name, as DDL writes it, below all domains, internal, category, modifier, scale, collation, identity
    ['plain', 'text', 'text', 'text', 'S', false, null, null, true],
    ['sized', 'character varying(20)', 'character varying(20)', 'varchar', 'S', true, null, null, true],
    ['padded', 'character(5)', 'character(5)', 'bpchar', 'S', true, null, null, false],
    ['exact', 'numeric', 'numeric', 'numeric', 'N', false, null, null, false],
    ['score', 'numeric(5,2)', 'numeric(5,2)', 'numeric', 'N', true, 2, null, false],
    ['whole', 'numeric(6,0)', 'numeric(6,0)', 'numeric', 'N', true, 0, null, false],
    ['counted', 'integer', 'integer', 'int4', 'N', false, null, null, true],
    ['ratio', 'double precision', 'double precision', 'float8', 'N', false, null, null, false],
    [
      'moment',
      'timestamp(3) with time zone',
      'timestamp(3) with time zone',
      'timestamptz',
      'D',
      true,
      null,
      null,
      true,
    ],
    ['mood', 'public."Mood"', 'public."Mood"', 'other.Mood', 'E', false, null, null, true],
    ['moods', 'public."Mood"[]', 'public."Mood"[]', 'other._Mood', 'A', false, null, null, false],
    ['composite', 'public.pair', 'public.pair', 'other.pair', 'C', false, null, null, false],
    ['percent', 'public.percent', 'numeric(5,2)', 'numeric', 'N', true, 2, null, false],
    ['title', 'public.title', 'character varying(20)', 'varchar', 'S', true, null, null, true],
    ['titles', 'public.titles', 'public.label[]', 'other._label', 'A', false, null, null, false],
    ['document', 'jsonb', 'jsonb', 'jsonb', 'U', false, null, null, false],
    ['collated', 'text', 'text', 'text', 'S', false, null, 'pg_catalog."C"', true],
    ['loose', 'text', 'text', 'text', 'S', false, null, 'public.loose', false],
  ])('%s', (name, ddl, base, kind, category, hasModifier, scale, collation, isExact) => {
    const type = {
      name: ddl,
      base,
      kind,
      category,
      hasModifier,
      scale,
      collation,
      binary: true,
      isArray: name.endsWith('s'),
      sameBy: isExact ? 'value' : 'text',
      hiding: kind === 'bpchar' ? expect.objectContaining({ made: 'plain' }) : null,
    };
    expect(columnOf(table, name)?.type).toEqual(type);
  });

  test('a scale may be negative', async () => {
    needsServer(15, 'negative scales');
    await session.execute('create table public.rounded (rounded numeric(4,-2))');
    expect((await read('rounded')).columns[0]?.type).toMatchObject({ name: 'numeric(4,-2)', scale: -2 });
  });

  test('dropped columns are not there, generated and identity columns are', () => {
    const names = table.columns.map(({ name }) => name);
    expect(names.slice(-3)).toEqual(['loose', 'generated', 'numbered']);
    expect(names).not.toContain('dropped');
    expect(columnOf(table, 'numbered')?.notNull).toBe(true);
    expect(columnOf(table, 'plain')?.notNull).toBe(false);
  });
});

test('only an index that names one row by one column is a unique key of it', async () => {
  await session.execute(`
    create table public.keyed (id uuid primary key, a int unique not null, b int unique, c int, d int not null, e int not null,
      f int not null, unique (c, d));
    create unique index on public.keyed (e) where e > 0;
    create unique index on public.keyed (abs(f));
    create unique index on public.keyed (f) include (d);
    create index on public.keyed (d)`);
  const table = await read('keyed');
  expect([...table.uniqueKeys].sort()).toEqual([['a'], ['b'], ['c', 'd'], ['id']]);
  const unique = table.columns.map(({ name }) => name).filter((name) => isUniqueKey(table, name));
  // Of b there may be many nulls.
  expect(unique).toEqual(['id', 'a']);
});

test('a table is found by its very name, whatever kind of relation it is', async () => {
  await session.execute(`
    create schema "Old ""harbor""";
    create table "Old ""harbor"""."a.b" (id int);
    comment on table "Old ""harbor"""."a.b" is 'ours';
    create view public.seen as select 1 as one;
    create table public.parted (id int) partition by range (id);
    create sequence public.counter`);
  expect(await read('a.b', 'Old "harbor"')).toMatchObject({ kind: 'r', comment: 'ours', canSelect: true });
  expect((await read('seen')).kind).toBe('v');
  expect((await read('parted')).kind).toBe('p');
  expect(await readTable(session, 'public', 'counter')).toBeUndefined();
  expect(await readTable(session, 'public', 'A.B')).toBeUndefined();
});

test('a table without rows that was never analyzed has no rows, not minus one', async () => {
  await session.execute('create table public.fresh (id int)');
  expect((await read('fresh')).estimatedRows).toBe(0);
});

test('the size of a table is that of its partitions and of what inherits from it', async () => {
  await session.execute(`
    create table public.split (id int) partition by hash (id);
    create table public.half partition of public.split for values with (modulus 2, remainder 0) partition by hash (id);
    create table public.quarter partition of public.half for values with (modulus 1, remainder 0);
    create table public.rest partition of public.split for values with (modulus 2, remainder 1);
    create table public.parent (id int);
    create table public.child () inherits (public.parent);
    insert into public.split select generate_series(1, 2000);
    insert into public.child select generate_series(1, 2000)`);
  const own = async (name: string) =>
    Number((await session.one('select pg_total_relation_size($1::text) as bytes', [`public.${name}`])).bytes);
  expect((await read('split')).bytes).toBe((await own('quarter')) + (await own('rest')));
  expect((await read('split')).bytes).toBeGreaterThan(100_000);
  expect((await read('parent')).bytes).toBe(await own('child'));
  expect((await read('child')).bytes).toBe(await own('child'));
});

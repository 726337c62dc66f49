import type pg from 'pg';
import { ident } from '../../src/db/identifier.js';
import { GUESSES, HARD_VALUES } from './values.js';

/** Extensions with types of their own; those that the server offers are made, in a schema of theirs. */
const EXTENSIONS = [
  'citext', 'cube', 'hstore', 'intarray', 'isn', 'lo', 'ltree', 'seg', 'ip4r', 'prefix', 'semver', 'unit', 'numeral', 'pg_rational', 'hll', 'tdigest', 'pgmp',
]; // biome-ignore format: a list

/** A type of the server, with values of it. */
export interface TriedType {
  /** Of its column. */
  readonly column: string;
  /** Quoted, and qualified. */
  readonly name: string;
  /** Literals; the last place in the cycle is null. */
  readonly values: readonly string[];
}

/** Makes what extensions there are, and types of every make. */
export async function makeTypes(client: pg.Client): Promise<string[]> {
  await client.query('create schema "Ext ✓"');
  const { rows } = await client.query<{ name: string }>(
    'select name from pg_available_extensions where name = any ($1) order by name',
    [EXTENSIONS],
  );
  for (const { name } of rows) await client.query(`create extension ${ident(name)} schema "Ext ✓" cascade`);
  await client.query(`
    create schema made; set search_path = made, pg_catalog;
    create type mood as enum ('ok', 'it''s "bad"', '✓');
    create type pair as (a int, "B c" text);
    create domain markup as xml; create domain markups as xml[]; create domain paired as pair;
    create domain short as varchar(5) check (value <> 'wrong'); create domain shorts as short[];
    create type mixed as (f float8, n numeric, x xml, j jsonb, xs markup[], p regproc, q tsquery, c bpchar);
    create type nested as (m mixed, b bytea, a aclitem[]);
    create table opportunity (a int, gone text, b numeric); alter table opportunity drop column gone;
    reset search_path`);
  return rows.map(({ name }) => name);
}

const TYPES_SQL = `
select t.oid::text as oid, t.typname as kind, format('%I.%I', n.nspname, t.typname) as name,
  format('%s_%s', case n.nspname when 'pg_catalog' then 't' when 'made' then 'made' else 'ext' end, t.typname) as column
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typisdefined and n.nspname in ('pg_catalog', 'made', 'Ext ✓')
  and not exists (select from pg_type e where e.typarray = t.oid)
  and (t.typtype in ('b', 'r', 'm', 'e', 'd') or t.typtype = 'c' and n.nspname <> 'pg_catalog')
order by n.nspname, t.typname`;

/**
 * Types that no backup knows: a range that a user made, and one of which less is printed than there is (4294967297 as 1), as some
 * extensions' are.
 */
export async function makeOddTypes(client: pg.Client): Promise<void> {
  await client.query(`
    create type made.floatrange as range (subtype = float8);
    create type made.coarse;
    create function made.coarse_in(cstring) returns made.coarse language internal immutable strict as 'int8in';
    create function made.coarse_out(made.coarse) returns cstring language internal immutable strict as 'int4out';
    create function made.coarse_recv(internal) returns made.coarse language internal immutable strict as 'int8recv';
    create function made.coarse_send(made.coarse) returns bytea language internal immutable strict as 'int8send';
    create type made.coarse (input = made.coarse_in, output = made.coarse_out, receive = made.coarse_recv, send = made.coarse_send,
      internallength = 8, passedbyvalue, alignment = double)`);
}

/** Every type that a column may have, and each one's array. */
export async function everyType(client: pg.Client): Promise<TriedType[]> {
  const { rows } = await client.query<{ oid: string; kind: string; name: string; column: string }>(TYPES_SQL);
  const found: TriedType[] = [];
  for (const { kind, name, column } of rows) {
    const values: string[] = [];
    for (const value of HARD_VALUES.get(kind) ?? GUESSES)
      if (await isTaken(client, value, name)) values.push(value);
    found.push({ column, name, values: values.map((value) => `${quote(value)}::${name}`) });
    const [first = `null::${name}`, second = first] = values.map((value) => `${quote(value)}::${name}`);
    const array = `${name}[]`;
    if (!(await isArray(client, array))) continue;
    const arrays = [
      `array[]::${array}`,
      `array[${first}, null, ${second}]::${array}`,
      `array_fill(${first}, array[2], array[0])`,
      `array_fill(${second}, array[2, 1, 2], array[-1, 3, 1])`,
      `array[null]::${array}`,
    ];
    found.push({ column: `${column}_s`, name: array, values: arrays });
  }
  return found;
}

async function isTaken(client: pg.Client, value: string, type: string): Promise<boolean> {
  return client.query(`select ${quote(value)}::${type}`).then(
    () => true,
    () => false,
  );
}

async function isArray(client: pg.Client, array: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regtype($1) is not null as there', [
    array,
  ]);
  return rows[0]?.there === true;
}

function quote(value: string): string {
  return `e'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

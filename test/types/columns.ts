import type pg from 'pg';
import type { LegacyMixture } from '../../fixtures/mixture.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { ident, qualified } from '../../src/db/identifier.js';
import type { TriedType } from './schema.js';

/** Of its columns of every type, a row has every third: all of them would not fit into a row. */
const SHARE = 3;

/** A legacy table with some of the types as columns. */
export interface TypedTable {
  readonly name: string;
  /** Quoted and qualified. */
  readonly table: string;
  readonly view: string;
  readonly types: readonly TriedType[];
}

/** Columns that the server works out itself: nobody writes them, and every verb has to leave that to it. */
const GENERATED = [
  `add column "made of ✓" text generated always as (upper(id::text)) stored`,
  'add column numbers_of int[] generated always as (array[length(id::text), -1, null]) stored',
];

/** Those that are never stored came with this version. */
const VIRTUAL_SINCE = 180_000;
const VIRTUAL = 'add column seen_only text generated always as (lower(id::text)) virtual';

/** Spreads the types over the legacy tables, and adds a column for each; and generated columns to each table. */
export async function addColumns(
  client: pg.Client,
  mixture: LegacyMixture,
  types: readonly TriedType[],
  first: number,
): Promise<TypedTable[]> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  const generated = [...GENERATED, ...((rows[0]?.version ?? 0) >= VIRTUAL_SINCE ? [VIRTUAL] : [])];
  const names = unifiedTables(mixture);
  const tables = names.map((name, index) => ({
    name,
    table: schemaNames(mixture).table(name),
    view: qualified(mixture.schema, `${name}_legacy`),
    types: types.filter((_, at) => (at + first) % names.length === index),
  }));
  for (const { table, types: added } of tables) {
    const own = added.map(({ column, name }) => `add column ${ident(column)} ${name}`);
    await client.query(`alter table ${table} ${[...own, ...generated].join(', ')}`);
  }
  return tables;
}

/** SQL: the value of a column in the row with number `n`, of a round: another one in each. */
export function valueAt(type: TriedType, at: number, round: number, n: string): string {
  const cases = type.values.map((value, index) => `when ${index} then ${value}`).join(' ');
  if (cases === '') return `null::${type.name}`;
  const place = `(${n} / ${SHARE} + ${at + round}) % ${type.values.length + 1}`;
  return `case when (${n} + ${at}) % ${SHARE} = 0 then case ${place} ${cases} end end`;
}

/** Gives every row of a table, or of what stands under its name, the values of a round. */
export async function fillRound(
  client: pg.Client,
  { types, table }: TypedTable,
  round: number,
  where = 'true',
): Promise<void> {
  const sets = types.map((type, at) => `${ident(type.column)} = ${valueAt(type, at, round, 's.n')}`);
  await client.query(
    `update ${table} t set ${sets.join(', ')}
     from (select id, (row_number() over (order by id))::int as n from ${table}) s where s.id = t.id and ${where}`,
  );
}

/** Remembers what a table holds. */
export async function remember(client: pg.Client, tables: readonly TypedTable[]): Promise<void> {
  await client.query('drop schema if exists expected cascade; create schema expected');
  for (const { name, table } of tables)
    await client.query(`create table expected.${ident(name)} as select * from ${table}`);
}

/**
 * The columns, and the numbers of rows, in which relations are not what was remembered: byte for byte, as the server stores it.
 * What Drydock takes for the same is not asked.
 */
export async function changed(
  client: pg.Client,
  tables: readonly TypedTable[],
  relation: (table: TypedTable) => string,
): Promise<string[]> {
  const found: string[] = [];
  for (const table of tables) {
    const expected = `expected.${ident(table.name)}`;
    const { rows: columns } = await client.query<{ name: string; type: string }>(
      `select attname as name, atttypid::regtype::text as type from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`,
      [expected],
    );
    const counts = columns.map(
      ({ name, type }) => `count(*) filter (where ${differs(ident(name), type)})::int as ${ident(name)}`,
    );
    const { rows } = await client.query<Record<string, number>>(
      `select count(*) filter (where e.id is null or a.id is null)::int as "rows", ${counts.join(', ')}
       from ${expected} e full join ${relation(table)} a on a.id = e.id`,
    );
    for (const [name, n] of Object.entries(rows[0] ?? {}))
      if (n !== 0) found.push(`${table.name}.${name}: ${n} rows differ`);
  }
  return found;
}

/** A prefix_range stores bytes that belong to no value. */
function differs(name: string, type: string): string {
  const [e, a] = [`e.${name}`, `a.${name}`];
  return /prefix_range/.test(type)
    ? `${e}::text is distinct from ${a}::text`
    : `row(${e})::record *<> row(${a})::record`;
}

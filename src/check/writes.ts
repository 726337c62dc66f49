import { ident, literal, qualified } from '../db/identifier.js';
import { type ConsolidationModel, goldenOf, isComputed, nameMeanwhile } from '../declare/model.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { ownTarget } from '../mapping/tables.js';
import { drawn, type GeneratedRow, type Pool, randomRow, type SourcePools } from './generated-rows.js';
import type { Random } from './random.js';

/** A statement that an application might give after the cutover. */
export interface Write {
  readonly on: 'old-names' | 'unified';
  /** The source whose row it is about. */
  readonly table: string;
  /** The one shared column that a value is tried for; left out: none in particular. */
  readonly column?: string;
  /** The identity of that row. */
  readonly row: Readonly<Record<string, string | null>>;
  /** Whether it makes or deletes a unified row. */
  readonly makes?: true;
  /** @param relation quoted: what it is given to */
  statement(relation: string): string;
}

const value = (one: string | null) => (one === null ? 'null' : literal(one));

const assignments = (values: Readonly<Record<string, string | null>>) =>
  Object.entries(values)
    .map(([name, one]) => `${ident(name)} = ${value(one)}`)
    .join(', ');

const condition = (values: Readonly<Record<string, string | null>>) =>
  Object.entries(values)
    .map(([name, one]) => (one === null ? `${ident(name)} is null` : `${ident(name)} = ${literal(one)}`))
    .join(' and ');

export const insertion = (
  relation: string,
  values: Readonly<Record<string, string | null>>,
  overriding = '',
) =>
  `insert into ${relation} (${Object.keys(values).map(ident).join(', ')})${overriding} values (${Object.values(values).map(value).join(', ')})`;

const identityOf = ({ source }: SourcePools, { values }: GeneratedRow) =>
  Object.fromEntries(source.identity.map((name) => [name, values[name] ?? null]));

/** Inserts, updates and deletes under the old names. */
export function oldNameWrites(
  all: readonly SourcePools[],
  rows: readonly GeneratedRow[],
  count: number,
  random: Random,
): Write[] {
  const others = new Map(all.map(({ source }) => [source.table, source]));
  return Array.from({ length: count }, (_, at): Write => {
    const one = random.pick(all);
    const { table } = one.source;
    const fresh = randomRow(one, 100_000 + at, rows, others, random);
    const existing = rows.filter((row) => row.table === table);
    const chance = random.unit();
    if (chance < 0.25 || existing.length === 0)
      return {
        on: 'old-names',
        table,
        row: identityOf(one, fresh),
        statement: (relation) => insertion(relation, fresh.values),
      };
    const row = identityOf(one, random.pick(existing));
    if (chance < 0.4)
      return {
        on: 'old-names',
        table,
        row,
        statement: (relation) => `delete from ${relation} where ${condition(row)}`,
      };
    const names = [...one.pools.keys()].filter(
      (name) => !one.source.identity.includes(name) || random.chance(0.1),
    );
    const changed = Array.from({ length: 1 + random.below(2) }, () =>
      random.pick(names.length === 0 ? one.source.identity : names),
    );
    const values = Object.fromEntries(changed.map((name) => [name, fresh.values[name] ?? null]));
    return {
      on: 'old-names',
      table,
      row,
      statement: (relation) => `update ${relation} set ${assignments(values)} where ${condition(row)}`,
    };
  });
}

/** The columns of the unified table that hold a source's identity. */
export function identityTargets({
  source,
  bound,
}: SourcePools): readonly (readonly [name: string, target: string])[] {
  return source.identity.map((name) => {
    const column = columnNamed(bound.columns, name);
    return [name, column.home.kind === 'id' ? 'id' : ownTarget(column)];
  });
}

function columnNamed(columns: readonly BoundColumn[], name: string): BoundColumn {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`there is no column ${name}`);
  return column;
}

/** Sources of a consolidation, among those of the ones that it stands on. */
export function sourcesOf(model: ConsolidationModel, all: readonly SourcePools[]): readonly SourcePools[] {
  // Of a source that is kept whole no row counts.
  return all.filter(
    ({ source, bound }) =>
      bound.rule.flag !== null && model.sources.some(({ table }) => table === source.table),
  );
}

/** Values that are written to the shared columns, by column: one pool each. */
export type GoldenPools = ReadonlyMap<string, readonly string[]>;

/** Each value of each shared column, written to a row of each source that gives it one; and no value at all. */
export function valueWrites(
  model: ConsolidationModel,
  all: readonly SourcePools[],
  rows: readonly GeneratedRow[],
  golden: GoldenPools,
): Write[] {
  return sourcesOf(model, all).flatMap((one) => {
    const own = rows.filter(({ table }) => table === one.source.table);
    const given = goldenOf(model).filter(({ givers }) =>
      givers.some((giver) => giver.table === one.source.table && !isComputed(giver)),
    );
    const wanted = given.flatMap(({ name }) =>
      [null, ...(golden.get(name) ?? [])].map((text) => ({ name, text })),
    );
    return wanted.flatMap(({ name, text }, at) => {
      const row = own[at % own.length];
      return row === undefined ? [] : [{ ...goldenUpdate(one, row, { [name]: text }), column: name }];
    });
  });
}

function goldenUpdate(
  one: SourcePools,
  row: GeneratedRow,
  values: Readonly<Record<string, string | null>>,
): Write {
  const where = Object.fromEntries(
    identityTargets(one).map(([name, target]) => [target, row.values[name] ?? null]),
  );
  return {
    on: 'unified',
    table: one.source.table,
    row: identityOf(one, row),
    statement: (relation) => `update ${relation} set ${assignments(values)} where ${condition(where)}`,
  };
}

/** Inserts, updates and deletes of the unified table itself. */
export function unifiedWrites(
  model: ConsolidationModel,
  sources: readonly SourcePools[],
  rows: readonly GeneratedRow[],
  golden: GoldenPools,
  count: number,
  random: Random,
): Write[] {
  const all = sourcesOf(model, sources);
  if (all.length === 0) return [];
  const columns = [...golden].filter(([, values]) => values.length > 0);
  return Array.from({ length: count }, (_, at): Write => {
    const one = random.pick(all);
    const { table } = one.source;
    const own = rows.filter((row) => row.table === table);
    const anyGolden = (): [string, string | null] => {
      const [name, values] = random.pick(columns);
      return [name, random.chance(0.15) ? null : random.pick(values)];
    };
    const chance = random.unit();
    if (chance < 0.2 || own.length === 0) {
      const identity = one.identity(200_000 + at);
      const values: Record<string, string | null> = {};
      for (const [name, pool] of one.pools) {
        const target = targetOf(one, pool);
        if (target !== null && (pool.notNull || random.chance(0.3))) values[target] = drawn(pool, random);
        if (identity[name] !== undefined && target !== null) values[target] = identity[name];
      }
      for (const { name, givers } of goldenOf(model))
        if (givers.some((giver) => giver.table === table) && random.chance(0.6)) {
          const pool = golden.get(name) ?? [];
          if (pool.length > 0) values[name] = random.pick(pool);
        }
      return {
        on: 'unified',
        table,
        row: identity,
        makes: true,
        statement: (relation) => insertion(relation, values),
      };
    }
    const row = random.pick(own);
    const where = Object.fromEntries(
      identityTargets(one).map(([name, target]) => [target, row.values[name] ?? null]),
    );
    if (chance < 0.3)
      return {
        on: 'unified',
        table,
        row: identityOf(one, row),
        makes: true,
        statement: (relation) => `delete from ${relation} where ${condition(where)}`,
      };
    const pools = [...one.pools.values()];
    const pool = random.pick(pools);
    const target = targetOf(one, pool);
    const values =
      columns.length === 0 || (target !== null && random.chance(0.4))
        ? { [target ?? identityTargets(one)[0]?.[1] ?? '']: drawn(pool, random) }
        : Object.fromEntries(Array.from({ length: 1 + random.below(2) }, anyGolden));
    return goldenUpdate(one, row, values);
  });
}

/** Where a legacy column has a place of its own. */
function targetOf({ bound }: SourcePools, { column }: Pool): string | null {
  const { home } = columnNamed(bound.columns, column.name);
  return home.kind === 'own' ? home.target : null;
}

export function unifiedName(schema: string, model: ConsolidationModel): string {
  return qualified(schema, nameMeanwhile(model));
}

import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import {
  type ConsolidationModel,
  type ConversionModel,
  columnsOfStep,
  feedsOf,
  type SourceModel,
} from '../declare/model.js';
import type { BoundSource } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import type { Random } from './random.js';
import type { SourceDefinitions } from './schema-copy.js';
import { candidatesFor, distinctKeys, exceptedSpellings, keyValues, valuesInChecks } from './values.js';

/** A row of a source that is to be inserted: each column that is given, as text; null is SQL's. */
export interface GeneratedRow {
  readonly table: string;
  readonly values: Readonly<Record<string, string | null>>;
}

/** A column of a source, with the values that are tried for it, as the server prints them. */
export interface Pool {
  readonly column: BoundColumn;
  readonly notNull: boolean;
  readonly values: readonly string[];
}

/** A source that rows are made for. */
export interface SourcePools {
  readonly phase: Phase;
  readonly source: SourceModel;
  readonly bound: BoundSource;
  /** By column; without generated ones. */
  readonly pools: ReadonlyMap<string, Pool>;
  /** Of columns that rows meet by: spellings of keys that differ from number to number. */
  readonly keys: ReadonlyMap<string, readonly ((n: number) => string)[]>;
  /** Makes values of the identity that are different for each number. */
  identity(number: number): Readonly<Record<string, string>>;
}

/** Columns that cannot be given a value, by table. */
function writableColumns(definitions: SourceDefinitions, { table }: BoundSource): ReadonlySet<string> {
  const found = definitions.document.tables.find(
    ({ schema, name }) => schema === table.home && name === table.name,
  );
  return new Set((found?.columns ?? []).filter(({ generated }) => generated === '').map(({ name }) => name));
}

/**
 * What is tried for each column of a phase's sources. What rows meet by is drawn from few values, so that they do.
 *
 * @param notTried receives why a source can have no rows
 */
export async function poolsOf(
  session: Session,
  {
    phase,
    model,
    definitions,
  }: { readonly phase: Phase; readonly model: ConsolidationModel; readonly definitions: SourceDefinitions },
  notTried: (why: string) => void,
): Promise<SourcePools[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  const takenBy = (type: string, candidates: readonly string[]): Promise<readonly string[]> => {
    const key = JSON.stringify([type, candidates]);
    const found = known.get(key) ?? accepted(session, type, candidates);
    known.set(key, found);
    return found;
  };
  const all: SourcePools[] = [];
  for (const bound of phase.bound.sources) {
    const source = model.sources.find(({ table }) => table === bound.rule.table);
    if (source === undefined) continue;
    const settable = writableColumns(definitions, bound);
    const pools = new Map<string, Pool>();
    for (const column of bound.columns.filter(({ name }) => settable.has(name))) {
      const role = roleValues(model, source, column.name);
      const listed = valuesInChecks(definitions, bound.table, column.name);
      const others = role.only ? [] : candidatesFor(column.type);
      const values = await takenBy(column.type.name, [...new Set([...role.values, ...listed, ...others])]);
      const notNull = bound.table.columns.find(({ name }) => name === column.name)?.notNull ?? false;
      pools.set(column.name, {
        column,
        notNull,
        values: listed.length > 0 ? repeated(values, listed) : values,
      });
    }
    const barren = [...pools.values()].find(
      ({ notNull, values, column }) =>
        notNull && values.length === 0 && !source.identity.includes(column.name),
    );
    const identity = await identityMaker(session, source, bound, pools);
    if (identity === null || source.identity.length === 0 || barren !== undefined) {
      notTried(
        `No rows were made for ${source.table}: no values are known for ${barren?.column.name ?? source.identity.join(', ')}.`,
      );
      continue;
    }
    all.push({ phase, source, bound, pools, identity, keys: await keyMakers(session, source, pools) });
  }
  return all;
}

/** What stands in a check is drawn more often than what it may refuse. */
function repeated(values: readonly string[], listed: readonly string[]): readonly string[] {
  const likely = values.filter((value) => listed.includes(value));
  return likely.length === 0 ? values : [...values, ...Array.from({ length: 8 }, () => likely).flat()];
}

/** Those that a type takes, as the server prints them. */
export async function accepted(
  session: Session,
  type: string,
  candidates: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const candidate of candidates)
    try {
      const { value } = await session.one(`select concat($1::text::${type}) as value`, [candidate]);
      found.add(String(value));
    } catch (error) {
      if (sqlState(error) === undefined) throw error;
    }
  return [...found];
}

/** Values that the declaration suggests for a column; `only`: others would keep rows from meeting. */
function roleValues(
  model: ConsolidationModel,
  source: SourceModel,
  column: string,
): { readonly values: readonly string[]; readonly only: boolean } {
  if (source.within.includes(column))
    return { values: ['1', '2', '00000000-0000-4000-8000-000000000001'], only: true };
  const keys = source.match.flatMap((step) => {
    const same = step.kind === 'through' ? step.step : step;
    if (same.kind !== 'same') return [];
    return same.parts.flatMap((part, at) =>
      'column' in part && part.column === column ? [same.key.parts[at]?.normalizer] : [],
    );
  });
  const [normalizer] = keys;
  if (normalizer !== undefined)
    return { values: [...keyValues(normalizer.family), ...exceptedSpellings(normalizer.name)], only: true };
  if (model.veto?.columns.get(source.table) === column)
    return { values: ['1', '2', 'A', 'a ', ''], only: true };
  if ([...source.times.created, ...source.times.updated].includes(column))
    return {
      values: ['2024-01-01 00:00:00', '2024-01-02 00:00:00', '2024-01-03 12:00:00.5', '2025-01-01 00:00:00'],
      only: true,
    };
  const giver = feedsOf(model)
    .map((feed) => feed.giver)
    .find((one) => one.table === source.table && one.column === column);
  return { values: giver === undefined ? [] : conversionValues(giver.conversion), only: false };
}

function conversionValues(conversion: ConversionModel): readonly string[] {
  switch (conversion.kind) {
    case 'words':
      return [...conversion.words.keys(), ...new Set(conversion.words.values()), 'what?'];
    case 'truth':
      return [...conversion.yes, ...conversion.no, 'perhaps'];
    case 'score':
      return ['0', '1', '0.5', '0.123', '0.1234', '50', '100', '101', '-1', '33.333'];
    case 'epoch':
      return ['0', '1700000000', '1700000000.25', '-1', '1e18'];
    case 'scaled':
      return ['0', '1', '150', '33', '-7', '0.5'];
    default:
      return [];
  }
}

/** The first of some spellings of a number that a column's type takes, if they differ from number to number. */
const COUNTED: readonly ((n: number) => string)[] = [
  (n) => String(n),
  (n) => `r${n}`,
  (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  (n) => new Date(Date.UTC(2020, 0, 1) + n * 86_400_000).toISOString().slice(0, 10),
  (n) => `10.0.${Math.floor(n / 250)}.${n % 250}`,
];

async function identityMaker(
  session: Session,
  source: SourceModel,
  bound: BoundSource,
  pools: ReadonlyMap<string, Pool>,
): Promise<SourcePools['identity'] | null> {
  const makers: [name: string, make: (n: number) => string][] = [];
  const last = source.identity.filter((name) => !source.within.includes(name)).at(-1);
  for (const name of source.identity) {
    const pool = pools.get(name);
    if (pool === undefined) return null;
    if (name !== last && pool.values.length > 0) {
      const few = pool.values.slice(0, 2);
      makers.push([name, (n) => few[n % few.length] as string]);
      continue;
    }
    const type = bound.columns.find((column) => column.name === name)?.type.name ?? 'text';
    // Texts are told from numbers: an r before them.
    const ways = pool.column.type.category === 'S' ? COUNTED.slice(1) : COUNTED;
    let made: ((n: number) => string) | null = null;
    for (const way of ways)
      if (made === null && (await accepted(session, type, [way(1), way(2)])).length === 2) made = way;
    if (made === null) return null;
    makers.push([name, made]);
  }
  return (number) => Object.fromEntries(makers.map(([name, make]) => [name, make(number)]));
}

async function keyMakers(
  session: Session,
  source: SourceModel,
  pools: ReadonlyMap<string, Pool>,
): Promise<SourcePools['keys']> {
  const makers = new Map<string, readonly ((n: number) => string)[]>();
  for (const step of source.match) {
    if (step.kind !== 'same') continue;
    for (const [at, part] of step.parts.entries()) {
      const type = 'column' in part ? pools.get(part.column)?.column.type.name : undefined;
      if (!('column' in part) || type === undefined) continue;
      const taken: ((n: number) => string)[] = [];
      for (const way of distinctKeys(step.key.parts[at]?.normalizer.family ?? ''))
        if ((await accepted(session, type, [way(1), way(2)])).length === 2) taken.push(way);
      makers.set(part.column, taken);
    }
  }
  return makers;
}

/** A row with values drawn from the pools; what it points to is one of the rows before it, or nobody. */
export function randomRow(
  { source, pools, identity }: SourcePools,
  number: number,
  rows: readonly GeneratedRow[],
  others: ReadonlyMap<string, SourceModel>,
  random: Random,
): GeneratedRow {
  const values: Record<string, string | null> = {};
  for (const [name, pool] of pools) values[name] = drawn(pool, random);
  for (const step of source.match) {
    if (step.kind !== 'via') continue;
    const target = others.get(step.table);
    const targets = rows.filter(({ table }) => table === step.table);
    if (target === undefined || targets.length === 0 || random.chance(0.35)) continue;
    const pointed = random.pick(targets);
    for (const [at, name] of target.identity.entries()) {
      const column = step.columns[at];
      if (column !== undefined) values[column] = pointed.values[name] ?? null;
    }
    for (const [at, name] of target.within.entries()) {
      const column = source.within[at];
      if (column !== undefined) values[column] = pointed.values[name] ?? null;
    }
  }
  const own = identity(number);
  // The tenant of a row that points somewhere is that of the other one.
  for (const [name, value] of Object.entries(own))
    if (!source.within.includes(name) || values[name] == null) values[name] = value;
  return { table: source.table, values };
}

export function drawn({ notNull, values }: Pool, random: Random): string | null {
  if (values.length === 0 || (!notNull && random.chance(0.15))) return null;
  return random.pick(values);
}

/** For each source as many rows as there are values to try; each is a thing of its own as far as that is possible. */
export function valueRows(all: readonly SourcePools[]): GeneratedRow[] {
  return all.flatMap((one, at) => {
    const { source, pools, identity, keys } = one;
    const matched = source.match.flatMap(columnsOfStep);
    const most = Math.min(80, Math.max(...[...pools.values()].map(({ values }) => values.length)));
    return Array.from({ length: most }, (_, n): GeneratedRow => {
      const values: Record<string, string | null> = {};
      for (const [name, pool] of pools) {
        const { length } = pool.values;
        const ways = keys.get(name) ?? [];
        const way = ways[n % ways.length];
        if (way !== undefined) values[name] = way(10_000 * (at + 1) + n);
        else
          values[name] =
            length === 0 || (matched.includes(name) && !pool.notNull)
              ? null
              : (pool.values[n % length] as string);
      }
      Object.assign(values, identity(10_000 * (at + 1) + n));
      return { table: source.table, values };
    });
  });
}

/** Rows that meet by chance, so many of each source. */
export function randomRows(all: readonly SourcePools[], each: number, random: Random): GeneratedRow[] {
  const others = new Map(all.map(({ source }) => [source.table, source]));
  const rows: GeneratedRow[] = [];
  for (const one of all) for (let n = 1; n <= each; n++) rows.push(randomRow(one, n, rows, others, random));
  return rows;
}

/** A source's name, quoted. */
export function relationName(all: readonly SourcePools[], table: string): string {
  const found = all.find(({ source }) => source.table === table);
  return found === undefined ? ident(table) : qualified(found.bound.table.home, found.bound.table.name);
}

/** What the declaration has the server work out from the rows of a table. */
export function giftsOf({ bound }: SourcePools, relation: string): string {
  const gifts = bound.rule.gifts ?? [];
  return gifts.length === 0
    ? 'select'
    : `select ${gifts.map(({ sql }) => `count(${sql})`).join(', ')} from (select r.* from ${relation} r) r`;
}

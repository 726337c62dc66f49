import { isReadable } from '../copy-binary/decode.js';
import { generatedName } from '../db/identifier.js';
import type { CatalogColumn, ColumnType } from '../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../legacy/detect.js';
import { spelled } from '../types/spelling.js';
import type { BoundColumn, Home, PhaseMapping, SourceRule } from './mapping.js';

/** A source table that is there, with every column's home settled. */
export interface BoundSource {
  readonly rule: SourceRule;
  readonly table: LegacyTable;
  /** All columns, in the table's order. */
  readonly columns: readonly BoundColumn[];
  /**
   * All columns, in the order in which they are extracted: first those that the transformer has to look at and
   * that go into golden columns, then those that are copied as they are, as one block, the ones it reads first.
   */
  readonly extracted: readonly BoundColumn[];
  /** How many of `extracted` go into golden columns; the block of own columns begins there. */
  readonly goldenCount: number;
  /** How many of `extracted` the transformer looks at. */
  readonly readCount: number;
}

/** A phase's mapping, bound to the database as it is found. */
export interface BoundPhase {
  readonly mapping: PhaseMapping;
  /** Only the sources that are there. */
  readonly sources: readonly BoundSource[];
}

export function bindPhase(mapping: PhaseMapping, legacy: LegacyDatabase): BoundPhase {
  const names = new ColumnNames(mapping);
  const bound = new Map<string, BoundSource>();
  // What keeps its names chooses first.
  const inTurn = [...mapping.sources].sort(
    (a, b) => Number(b.keepsNames === true) - Number(a.keepsNames === true),
  );
  for (const rule of inTurn) {
    const table = legacy.tables.get(rule.table);
    if (table !== undefined) bound.set(rule.table, bindSource(rule, table, names));
  }
  return { mapping, sources: mapping.sources.flatMap(({ table }) => bound.get(table) ?? []) };
}

/** Names of the unified table's columns: a legacy column that nobody planned for must not take one that is in use. */
class ColumnNames {
  readonly #planned: ReadonlySet<string>;
  readonly #taken = new Set<string>();

  constructor(mapping: PhaseMapping) {
    const ruled = mapping.sources.flatMap((rule) =>
      [...rule.homes.values()].flatMap((home) => (home.kind === 'own' ? [home.target] : [])),
    );
    this.#planned = new Set(
      [...mapping.computed, ...mapping.always].map((column) => column.name).concat(ruled),
    );
  }

  /** A name that a rule gives; the second one to ask for it gets another. */
  ruled(target: string, rule: SourceRule, column: string): string {
    if (this.#taken.has(target)) return this.free(rule, column);
    this.#taken.add(target);
    return target;
  }

  /** A name for a column without a rule. */
  free(rule: SourceRule, column: string): string {
    const prefixed = rule.keepsNames === true ? column : generatedName(rule.prefix, column);
    const inUse = this.#planned.has(prefixed) || this.#taken.has(prefixed);
    const name = inUse ? generatedName('legacy', rule.table, column) : prefixed;
    this.#taken.add(name);
    return name;
  }
}

function bindSource(rule: SourceRule, table: LegacyTable, names: ColumnNames): BoundSource {
  const columns = table.columns.map((column) => bindColumn(rule, table, column, names));
  const golden = columns.filter((column) => column.home.kind !== 'own');
  const read = columns.filter((column) => column.home.kind === 'own' && column.read);
  const rest = columns.filter((column) => column.home.kind === 'own' && !column.read);
  return {
    rule,
    table,
    columns,
    extracted: [...golden, ...read, ...rest],
    goldenCount: golden.length,
    readCount: golden.length + read.length,
  };
}

function bindColumn(
  rule: SourceRule,
  table: LegacyTable,
  column: CatalogColumn,
  names: ColumnNames,
): BoundColumn {
  const { name, type } = column;
  const home = rule.homes.get(name);
  if (home?.kind === 'id') return { name, type, home, read: true, key: true };
  if (home?.kind === 'own') {
    // A fixed type only where the bytes mean the same in it.
    const isFixed = home.type !== undefined && type.category === 'S' && isReadable(type);
    const stored = isFixed ? 'text' : storedType(type);
    const target = names.ruled(home.target, rule, name);
    const given = home.gives?.conversion(column, table.shape.name, table.columns) ?? null;
    const gives =
      home.gives === undefined || given === null ? {} : { gives: { ...home.gives, conversion: given } };
    return {
      name,
      type,
      home: { kind: 'own', target, stored, ...gives },
      read: home.read === true || given !== null,
      key: home.key === true,
    };
  }
  const bound = home === undefined ? null : boundHome(home, column, table);
  if (bound !== null) return { name, type, home: bound, read: true, key: false };
  const target = names.free(rule, name);
  return { name, type, home: { kind: 'own', target, stored: storedType(type) }, read: false, key: false };
}

/** A shared home, with what leads there and back; null where one of its golden columns cannot be made of the column's type. */
export function boundHome(
  home: Extract<Home, { kind: 'golden' | 'member' }>,
  column: Pick<CatalogColumn, 'type'>,
  { shape, columns }: Pick<LegacyTable, 'shape' | 'columns'>,
): BoundColumn['home'] | null {
  const conversion = home.conversion(column, shape.name, columns);
  if (conversion === null) return null;
  if (home.kind === 'member') return { ...home, conversion };
  const also = (home.also ?? []).flatMap(({ target, conversion: part }) => {
    const made = part(column, shape.name, columns);
    return made === null ? [] : [{ target, conversion: made }];
  });
  if (also.length < (home.also ?? []).length) return null;
  return { kind: 'golden', target: home.target, conversion, ...(also.length > 0 && { also }) };
}

/**
 * The type in which we keep values of a legacy type: its base, or text where values cannot be sent in binary. An array of such
 * is one of texts: what is read from the text of a whole array depends on a setting of the reader's.
 */
export function storedType(type: ColumnType): string {
  if (type.binary) return type.base;
  return type.isArray ? 'text[]' : 'text';
}

/** What the type of a column of ours is to us, which keeps values of a legacy type as `stored`. */
export function keptType(type: ColumnType, stored: string): ColumnType {
  if (stored === type.base) return { ...type, name: stored };
  return { ...type, name: stored, base: stored, kind: stored, binary: true, sameBy: 'text', hiding: null };
}

/** SQL of a legacy value in that type. */
export function storedValue(value: string, type: ColumnType): string {
  if (type.binary) return value;
  const text = spelled(value, type.hiding);
  return type.isArray ? `${text}::text[]` : text;
}

/** The name of the column that keeps a legacy column of a folded row. */
export function foldedColumn(rule: Pick<SourceRule, 'table'>, column: string): string {
  return generatedName(rule.table, column);
}

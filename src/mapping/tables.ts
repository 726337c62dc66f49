import { ident } from '../db/identifier.js';
import { type BoundPhase, type BoundSource, foldedColumn, storedType } from './bind.js';
import type { BoundColumn, ComputedColumn, PhaseMapping } from './mapping.js';
import { inStorageOrder, type StoredColumn } from './storage-order.js';

/** The tables of a phase: their columns, and the order in which rows are copied into them. */

export interface TargetTable {
  readonly name: string;
  /** Column definitions for CREATE TABLE, in the order in which the table has them. */
  readonly definitions: readonly string[];
  /** Quoted names, in the order of the fields of a copied row. */
  readonly copied: readonly string[];
  /** Those of them whose values are told apart by what is sent of them alone: neither by their text nor by how they are stored. */
  readonly sentOnly: readonly string[];
  /**
   * A column that a completion gives values of its own in rows without a flag, quoted both: one that does not come to its end
   * leaves them there, and no merge makes them. Left out: there is none.
   */
  readonly given?: { readonly column: string; readonly unless: string };
}

/** The block of own columns that a source has in the unified table; empty when its rows are never in it. */
export function ownBlock(source: BoundSource): readonly BoundColumn[] {
  return source.rule.flag === null ? [] : source.extracted.slice(source.goldenCount);
}

export function unifiedTable(bound: BoundPhase): TargetTable {
  const { mapping } = bound;
  const own = bound.sources.flatMap(ownBlock);
  const taken = new Set(own.map(ownTarget));
  const shared = [...mapping.computed, ...mapping.always.filter(({ name }) => !taken.has(name))];
  const first = firstColumns(bound);
  const inFront = new Map([
    ...shared.map((column) => [column.name, declared(column)] as const),
    ...own.map((column) => [ownTarget(column), ownColumn(column)] as const),
  ]);
  return {
    name: mapping.unified,
    definitions: [
      ...first.flatMap((name) => inFront.get(name)?.definition ?? []),
      ...inStorageOrder(shared.filter(({ name }) => !first.includes(name)).map(declared)),
      ...inStorageOrder(own.filter((column) => !first.includes(ownTarget(column))).map(ownColumn)),
    ],
    copied: [
      ...mapping.computed.map((column) => ident(column.name)),
      ...own.map((column) => ident(ownTarget(column))),
    ],
    sentOnly: own
      .filter((column) => isSentOnly(ownHome(column).stored, column))
      .map((column) => ident(ownTarget(column))),
    ...givenColumn(bound),
  };
}

function givenColumn({ mapping: { takeOver, sources } }: BoundPhase): Pick<TargetTable, 'given'> {
  const flag = sources.find(({ table }) => table === takeOver?.table)?.flag ?? null;
  if (takeOver === undefined || flag === null) return {};
  return { given: { column: ident(takeOver.id.meanwhile), unless: ident(flag) } };
}

/** Columns that come first, in their order: who writes a table whose name ours takes may count on their places. */
function firstColumns({ mapping: { takeOver }, sources }: BoundPhase): string[] {
  const source = sources.find(({ rule }) => takeOver != null && rule.table === takeOver.table);
  if (takeOver == null || takeOver.name === null || source === undefined) return [];
  return source.columns.map(({ name }) => (name === takeOver.id.column ? takeOver.id.meanwhile : name));
}

const ownColumn = (column: BoundColumn) => kept(ownTarget(column), ownHome(column).stored, column);

/** Kept as text, a value is its text. */
function isSentOnly(stored: string, { type }: BoundColumn): boolean {
  return stored === type.base && type.sameBy === 'bytes';
}

/** Rows kept whole: which table they come from, which unified row they belong to, and every column of theirs. */
const HEAD: readonly ComputedColumn[] = [
  { name: 'source', ddl: 'text not null' },
  { name: 'merge_key', ddl: 'uuid not null' },
  { name: 'unified_id', ddl: 'uuid not null' },
];

function foldedHead({ isOnePerKey }: PhaseMapping): readonly ComputedColumn[] {
  return isOnePerKey === true ? HEAD.filter(({ name }) => name !== 'unified_id') : HEAD;
}

export function foldedTable(bound: BoundPhase): TargetTable {
  const head = foldedHead(bound.mapping);
  const columns = bound.sources.flatMap((source) =>
    source.extracted.map((column) => ({ name: foldedColumn(source.rule, column.name), column })),
  );
  return {
    name: bound.mapping.folded,
    definitions: [
      ...inStorageOrder(head.map(declared)),
      ...inStorageOrder(columns.map(({ name, column }) => kept(name, storedType(column.type), column))),
    ],
    copied: [...head.map(({ name }) => name), ...columns.map(({ name }) => ident(name))],
    sentOnly: columns
      .filter(({ column }) => isSentOnly(storedType(column.type), column))
      .map(({ name }) => ident(name)),
  };
}

export function ownTarget(column: BoundColumn): string {
  return ownHome(column).target;
}

function ownHome({ name, home }: BoundColumn): Extract<BoundColumn['home'], { kind: 'own' }> {
  if (home.kind !== 'own') throw new Error(`${name} has no column of its own`);
  return home;
}

function declared({ name, ddl }: ComputedColumn): StoredColumn {
  const type = /^[a-z]+/.exec(ddl)?.[0] ?? '';
  return { definition: `${ident(name)} ${ddl}`, type, notNull: ddl.includes(' not null') };
}

/** A column that keeps legacy values. */
function kept(name: string, stored: string, column: BoundColumn): StoredColumn {
  const { base, kind, category } = column.type;
  const type = category === 'E' ? 'int4' : kind;
  return {
    definition: `${ident(name)} ${collated(stored, column)}`,
    type: stored === base ? type : 'text',
    notNull: false,
  };
}

/** A type with the legacy column's collation, where it has one of its own. */
function collated(stored: string, { type }: BoundColumn): string {
  return stored !== type.base || type.collation === null ? stored : `${stored} collate ${type.collation}`;
}

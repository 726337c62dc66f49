import { ident } from '../db/identifier.js';
import { type BoundPhase, type BoundSource, foldedColumn, storedType } from './bind.js';
import type { BoundColumn } from './mapping.js';

/** The tables of a phase: their columns, and the order in which rows are copied into them. */

export interface TargetTable {
  readonly name: string;
  /** Column definitions for CREATE TABLE. */
  readonly definitions: readonly string[];
  /** Quoted names, in the order of the fields of a copied row. */
  readonly copied: readonly string[];
  /** Those of them whose values are told apart by what is sent of them alone: neither by their text nor by how they are stored. */
  readonly sentOnly: readonly string[];
}

/** The block of own columns that a source has in the unified table; empty when its rows are never in it. */
export function ownBlock(source: BoundSource): readonly BoundColumn[] {
  return source.rule.flag === null ? [] : source.extracted.slice(source.goldenCount);
}

export function unifiedTable(bound: BoundPhase): TargetTable {
  const { mapping } = bound;
  const own = bound.sources.flatMap(ownBlock);
  const taken = new Set(own.map(ownTarget));
  return {
    name: mapping.unified,
    definitions: [
      ...mapping.computed.map((column) => `${ident(column.name)} ${column.ddl}`),
      ...mapping.always
        .filter((column) => !taken.has(column.name))
        .map((column) => `${ident(column.name)} ${column.ddl}`),
      ...own.map((column) => `${ident(ownTarget(column))} ${collated(ownHome(column).stored, column)}`),
    ],
    copied: [
      ...mapping.computed.map((column) => ident(column.name)),
      ...own.map((column) => ident(ownTarget(column))),
    ],
    sentOnly: own
      .filter((column) => isSentOnly(ownHome(column).stored, column))
      .map((column) => ident(ownTarget(column))),
  };
}

/** Kept as text, a value is its text. */
function isSentOnly(stored: string, { type }: BoundColumn): boolean {
  return stored === type.base && type.sameBy === 'bytes';
}

/** Rows kept whole: which table they come from, which unified row they belong to, and every column of theirs. */
export const FOLDED_HEAD = ['source', 'unified_id', 'merge_key'] as const;

export function foldedTable(bound: BoundPhase): TargetTable {
  const kept = bound.sources.flatMap((source) =>
    source.extracted.map((column) => ({ name: foldedColumn(source.rule, column.name), column })),
  );
  return {
    name: bound.mapping.folded,
    definitions: [
      'source text not null',
      'unified_id uuid not null',
      'merge_key uuid not null',
      ...kept.map(({ name, column }) => `${ident(name)} ${collated(storedType(column.type), column)}`),
    ],
    copied: [...FOLDED_HEAD, ...kept.map(({ name }) => ident(name))],
    sentOnly: kept
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

/** A type with the legacy column's collation, where it has one of its own. */
function collated(stored: string, { type }: BoundColumn): string {
  return stored !== type.base || type.collation === null ? stored : `${stored} collate ${type.collation}`;
}

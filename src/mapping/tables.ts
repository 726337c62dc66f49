import { ident } from '../db/identifier.js';
import { type BoundPhase, type BoundSource, foldedColumn } from './bind.js';
import type { BoundColumn } from './mapping.js';

/** The tables of a phase: their columns, and the order in which rows are copied into them. */

export interface TargetTable {
  readonly name: string;
  /** Column definitions for CREATE TABLE. */
  readonly definitions: readonly string[];
  /** Quoted names, in the order of the fields of a copied line. */
  readonly copied: readonly string[];
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
      ...own.map((column) => `${ident(ownTarget(column))} ${storedType(column)}`),
    ],
    copied: [
      ...mapping.computed.map((column) => ident(column.name)),
      ...own.map((column) => ident(ownTarget(column))),
    ],
  };
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
      ...kept.map(({ name, column }) => `${ident(name)} ${typeOf(column)}`),
    ],
    copied: [...FOLDED_HEAD, ...kept.map(({ name }) => ident(name))],
  };
}

export function ownTarget(column: BoundColumn): string {
  if (column.home.kind !== 'own') throw new Error(`${column.name} has no column of its own`);
  return column.home.target;
}

function storedType(column: BoundColumn): string {
  return column.home.kind === 'own' && column.home.fixed !== null ? column.home.fixed : typeOf(column);
}

function typeOf({ type }: BoundColumn): string {
  return type.collation === null ? type.base : `${type.base} collate ${type.collation}`;
}

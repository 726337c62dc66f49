import { literal } from '../db/identifier.js';
import type { ConsolidationModel, FoldModel } from '../declare/model.js';

/** Type and constraints of a column that sums up rows that are kept whole. */
export function foldDdl({ fold }: FoldModel): string {
  switch (fold.by) {
    case 'count':
      return 'integer not null';
    case 'names':
    case 'newest':
      return 'jsonb';
    case 'mean':
      return `numeric(${fold.precision},${fold.scale})`;
    case 'sources':
      return fold.words.some(({ tables }) => tables.length === 0) ? 'text not null' : 'text';
  }
}

/** What it says of a thing that has rows of some tables only, and none that are kept whole; null for nothing. */
export function foldOf({ fold }: FoldModel, tables: readonly string[]): string | null {
  if (fold.by === 'count') return '0';
  if (fold.by !== 'sources') return null;
  return (
    fold.words.find(({ tables: wanted }) => wanted.every((table) => tables.includes(table)))?.word ?? null
  );
}

/** Such a value in SQL. */
export function foldLiteral({ fold }: FoldModel, value: string): string {
  return fold.by === 'count' ? value : literal(value);
}

/** The sources that give unified rows, in their order. */
export function mergedSources({ sources }: ConsolidationModel): ConsolidationModel['sources'] {
  return sources.filter(({ isWhole }) => isWhole !== true);
}

import { ident } from '../db/identifier.js';
import type { IndexSpec } from '../load/indexes.js';
import { type BoundPhase, type BoundSource, foldedColumn } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { ownTarget } from '../mapping/tables.js';

/**
 * Indexes on the legacy keys, so that a legacy view can be searched by them: on the unified table and on the
 * table of folded rows. Text keys get hash indexes: they take keys of any length, where a btree refuses
 * those above 2,704 bytes, and applications look them up by equality only.
 */
export function keyIndexes(bound: BoundPhase): IndexSpec[] {
  return bound.sources.flatMap((source) =>
    source.columns.filter((column) => column.key).flatMap((column) => both(source, column)),
  );
}

function both(source: BoundSource, column: BoundColumn): IndexSpec[] {
  const folded = index('folded', foldedColumn(source.rule, column.name), column);
  if (source.rule.flag === null || column.home.kind === 'id') return [folded];
  return [index('unified', ownTarget(column), column), folded];
}

function index(table: IndexSpec['table'], name: string, column: BoundColumn): IndexSpec {
  if (column.type.category === 'S') return { table, kind: 'hash', columns: [name] };
  // Hash indexes leave out nulls by themselves; for the others most rows of the table are null.
  return { table, kind: 'btree', columns: [name], where: `${ident(name)} is not null` };
}

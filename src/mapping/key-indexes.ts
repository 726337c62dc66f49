import { ident, literal } from '../db/identifier.js';
import { type BoundPhase, type BoundSource, foldedColumn } from './bind.js';
import type { IndexSpec } from './index-spec.js';
import type { BoundColumn } from './mapping.js';
import { ownTarget } from './tables.js';

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
  const { flag, table } = source.rule;
  const folded = index(
    'folded',
    foldedColumn(source.rule, column.name),
    column,
    `source = ${literal(table)}`,
  );
  if (flag === null) return [folded];
  const isId = column.home.kind === 'id';
  // The primary key does for it, unless the view casts it.
  if (isId && !isDomain(column)) return [folded];
  return [index('unified', isId ? 'id' : ownTarget(column), column, ident(flag)), folded];
}

/** @param rows - the view's own condition, which says which rows are of this source */
function index(table: IndexSpec['table'], name: string, column: BoundColumn, rows: string): IndexSpec {
  const { type } = column;
  const isText = type.category === 'S';
  const spec = { table, kind: isText ? 'hash' : 'btree', columns: [name] } as const;
  // Another source's rows have nulls here, which a domain may refuse.
  if (isDomain(column)) return { ...spec, cast: type.name, where: rows };
  // Hash indexes leave out nulls by themselves; for the others most rows of the table are null.
  return isText ? spec : { ...spec, where: `${ident(name)} is not null` };
}

function isDomain({ type }: BoundColumn): boolean {
  return type.name !== type.base;
}

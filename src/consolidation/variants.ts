import {
  type ColumnModel,
  type ConsolidationModel,
  type FoldRule,
  type GiverModel,
  isComputed,
  type SourceModel,
} from '../declare/model.js';
import type { LegacyDatabase } from '../legacy/detect.js';

/**
 * A model for the tables as they are found: of a source with variants the ladder of the form that it has, and nothing of
 * columns that this form lacks.
 */
export function foundModel(model: ConsolidationModel, { tables }: LegacyDatabase): ConsolidationModel {
  const sources = model.sources.map((source) => foundSource(source, tables));
  const lacking = new Map(
    model.sources.flatMap(({ table, variants }) => {
      const found = tables.get(table);
      return variants.length === 0 || found === undefined
        ? []
        : [[table, new Set(found.columns.map(({ name }) => name))] as const];
    }),
  );
  const has = (table: string, column: string) => lacking.get(table)?.has(column) !== false;
  const isThere = (giver: GiverModel) => {
    if (isComputed(giver)) return true;
    const { table, column, variant } = giver;
    return has(table, column) && (variant === undefined || variant === tables.get(table)?.shape.name);
  };
  const columns = model.columns.map((column) =>
    column.kind === 'fold' ? { ...column, fold: foundFold(column.fold, has) } : foundColumn(column, isThere),
  );
  return { ...model, sources, columns };
}

function foundSource(source: SourceModel, tables: LegacyDatabase['tables']): SourceModel {
  const table = tables.get(source.table);
  if (source.variants.length === 0 || table === undefined) return source;
  const variant = source.variants.find(({ name }) => name === table.shape.name);
  const columns = new Set(table.columns.map(({ name }) => name));
  const there = (names: readonly string[]) => names.filter((name) => columns.has(name));
  const { times } = source;
  return {
    ...source,
    match: variant?.match ?? source.match,
    times: { created: there(times.created), updated: there(times.updated) },
  };
}

function foundFold(fold: FoldRule, has: (table: string, column: string) => boolean): FoldRule {
  if (fold.by === 'sources' || fold.by === 'count') return fold;
  const there = (names: readonly string[]) => names.filter((name) => has(fold.table, name));
  switch (fold.by) {
    case 'names':
      return { ...fold, names: there(fold.names) };
    case 'newest':
      return { ...fold, names: there(fold.names), values: there(fold.values) };
    case 'mean':
      return { ...fold, values: there(fold.values) };
  }
}

function foundColumn(column: ColumnModel, isThere: (giver: GiverModel) => boolean): ColumnModel {
  if (column.kind === 'golden') return { ...column, givers: column.givers.filter(isThere) };
  if (column.kind !== 'members') return column;
  return {
    ...column,
    members: column.members.map((member) => ({ ...member, givers: member.givers.filter(isThere) })),
  };
}

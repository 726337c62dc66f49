import {
  type ColumnModel,
  type ConsolidationModel,
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
  const isThere = (giver: GiverModel) =>
    isComputed(giver) || lacking.get(giver.table)?.has(giver.column) !== false;
  return { ...model, sources, columns: model.columns.map((column) => foundColumn(column, isThere)) };
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

function foundColumn(column: ColumnModel, isThere: (giver: GiverModel) => boolean): ColumnModel {
  if (column.kind === 'golden') return { ...column, givers: column.givers.filter(isThere) };
  if (column.kind !== 'members') return column;
  return {
    ...column,
    members: column.members.map((member) => ({ ...member, givers: member.givers.filter(isThere) })),
  };
}

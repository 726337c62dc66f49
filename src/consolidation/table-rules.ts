import {
  allSteps,
  type ConsolidationModel,
  type CrosswalkModel,
  columnsOfFold,
  columnsOfStep,
  feedsOf,
  isComputed,
  isTime,
  resolverOf,
  type SourceModel,
} from '../declare/model.js';
import { DECLARED, type TableRule } from '../legacy/table-rule.js';
import { choosers } from './mapping.js';

/** Every table that some consolidations read. */
export function tableRules(models: readonly ConsolidationModel[]): TableRule[] {
  const crosswalks = new Map(
    models.flatMap((model) => {
      const crosswalk = resolverOf(model);
      return crosswalk === null ? [] : [[crosswalk.table, crosswalkRule(crosswalk, model)] as const];
    }),
  );
  return [
    ...crosswalks.values(),
    ...models.flatMap((model) => model.sources.map((source) => tableRule(source, model))),
  ];
}

function crosswalkRule(crosswalk: CrosswalkModel, { columns }: ConsolidationModel): TableRule {
  const { table, schema, id, alias, variants, oldest } = crosswalk;
  const used = columns.flatMap((column) => {
    if (isTime(column)) return column.otherwise === undefined ? [] : [column.otherwise.column];
    if (column.kind !== 'golden') return [];
    return (column.fallbacks ?? []).flatMap((fallback) =>
      fallback.kind === 'crosswalk' ? [fallback.column] : [],
    );
  });
  const known = [...new Set([oldest, ...used])];
  return {
    name: table,
    role: 'crosswalk',
    shapes:
      variants.length === 0
        ? [
            {
              name: DECLARED,
              needed: [id, ...(alias === null ? [] : [alias]), ...known],
              tellTale: [],
              known: [],
            },
          ]
        : variants.map(({ name, needs, tells, alias: its }) => ({
            name,
            needed: [...new Set([id, its, ...needs])],
            tellTale: tells,
            known,
          })),
    namedById: false,
    identity: [id],
    repeated: {
      column: (shape) => variants.find(({ name }) => name === shape)?.alias ?? alias ?? id,
      warning: (names) => `${names} aliases are in more than one row of ${table}; the oldest row is meant.`,
    },
    ...(schema !== null && { in: schema }),
  };
}

function tableRule(source: SourceModel, model: ConsolidationModel): TableRule {
  const { table, identity, variants } = source;
  const named = namedColumns(source, model);
  // Rows that a crosswalk resolves are found again by what they name, where nothing unique tells them apart.
  const isIdentified = resolverOf(model) === null || model.ids?.table === table;
  return {
    name: table,
    role: 'source',
    shapes:
      variants.length === 0
        ? [{ name: DECLARED, needed: named, tellTale: [], known: [] }]
        : variants.map(({ name, needs, tells }) => ({
            name,
            needed: isIdentified ? [...new Set([...identity, ...needs])] : needs,
            tellTale: tells,
            known: named,
          })),
    namedById: false,
    ...(isIdentified && { identity }),
    ...(source.schema !== null && { in: source.schema }),
    // What is declared in several forms is declared for several databases.
    ...(source.isOptional !== true && variants.length === 0 && { isRequired: true }),
  };
}

/** The columns of a source that a declaration names. */
function namedColumns(source: SourceModel, model: ConsolidationModel): string[] {
  const { table, identity, within, times, alike } = source;
  const veto = model.veto?.columns.get(table);
  return [
    ...new Set([
      ...identity,
      ...alike,
      ...within,
      ...allSteps(source).flatMap(columnsOfStep),
      ...times.created,
      ...times.updated,
      ...feedsOf(model).flatMap(({ giver }) =>
        giver.table === table && !isComputed(giver) ? [giver.column] : [],
      ),
      ...model.columns.flatMap((column) =>
        column.kind === 'kept' && column.from.table === table ? [column.from.column] : [],
      ),
      ...source.names.keys(),
      ...choosers(source, model),
      ...(source.winner.version === undefined ? [] : [source.winner.version]),
      ...model.columns.flatMap((column) =>
        column.kind === 'fold' && column.fold.by !== 'sources' && column.fold.table === table
          ? columnsOfFold(column.fold)
          : [],
      ),
      ...(veto === undefined ? [] : [veto]),
    ]),
  ];
}

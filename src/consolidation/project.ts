import type { Consolidation } from '../declare/consolidation.js';
import {
  allSteps,
  type ConsolidationModel,
  columnsOfFold,
  columnsOfStep,
  feedsOf,
  isComputed,
  nameMeanwhile,
  type SourceModel,
} from '../declare/model.js';
import { badDeclaration, refuse } from '../declare/refuse.js';
import { DECLARED, type TableRule } from '../legacy/table-rule.js';
import type { Project } from '../project/project.js';
import { choosers } from './mapping.js';
import { consolidationPhase } from './phase.js';

/**
 * What is restructured by some declarations, in their order.
 *
 * @throws DrydockError `bad-declaration` where two of them share a name, a table that they make, or a source
 */
export function projectOf(consolidations: readonly Consolidation[]): Project {
  const models = consolidations.map(({ model }) => model);
  if (models.length === 0)
    throw badDeclaration('Nothing is consolidated.', 'Declare at least one consolidation.');
  requireOnce(
    models.map(({ name }) => name),
    'is the name of two consolidations',
  );
  requireOnce(
    models.flatMap((model) => [...new Set([model.into, nameMeanwhile(model), model.duplicates])]),
    'would be made by two consolidations',
  );
  requireOnce(
    models.flatMap(({ sources }) => sources.map(({ table }) => table)),
    'is a source of two consolidations',
  );
  const source = models.flatMap((model) => {
    const others = models.filter((other) => other !== model).map(({ into }) => into);
    const made = [...models.flatMap((one) => [nameMeanwhile(one), one.duplicates]), ...others];
    return model.sources.filter(({ table }) => made.includes(table));
  })[0];
  if (source !== undefined)
    refuse(
      `Table ${source.table} is a source of one consolidation and made by another.`,
      'Rename what is made.',
    );
  return {
    name: models.map(({ name }) => name).join(', '),
    tables: models.flatMap((model) => model.sources.map((one) => tableRule(one, model))),
    consolidations: models.map(consolidationPhase),
    derived: null,
    questions: null,
  };
}

function requireOnce(names: readonly string[], why: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`${twice} ${why}.`, 'Give each of them its own.');
}

function tableRule(source: SourceModel, model: ConsolidationModel): TableRule {
  const { table, identity, variants } = source;
  const named = namedColumns(source, model);
  return {
    name: table,
    role: 'source',
    shapes:
      variants.length === 0
        ? [{ name: DECLARED, needed: named, tellTale: [], known: [] }]
        : variants.map(({ name, needs, tells }) => ({
            name,
            needed: [...new Set([...identity, ...needs])],
            tellTale: tells,
            known: named,
          })),
    namedById: false,
    identity,
    ...(source.schema !== null && { in: source.schema }),
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

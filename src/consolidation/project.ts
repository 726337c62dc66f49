import type { Consolidation } from '../declare/consolidation.js';
import { nameMeanwhile, resolverOf, thingColumnOf } from '../declare/model.js';
import { badDeclaration, refuse } from '../declare/refuse.js';
import type { Project } from '../project/project.js';
import { consolidationPhase } from './phase.js';
import { tableRules } from './table-rules.js';

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
  for (const [at, model] of models.entries()) {
    const of = thingColumnOf(model)?.of.consolidation;
    if (of !== undefined && !models.slice(0, at).some(({ name }) => name === of))
      refuse(
        `${model.name} is about what ${of} makes, which does not come before it.`,
        `List consolidation ${of} first: rows are about what is there.`,
      );
  }
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
  const made = models.flatMap((model) => [model.into, nameMeanwhile(model), model.duplicates]);
  const crossed = models.flatMap((model) => resolverOf(model)?.table ?? []);
  const both = crossed.find(
    (table) =>
      made.includes(table) || models.some(({ sources }) => sources.some((one) => one.table === table)),
  );
  if (both !== undefined)
    refuse(
      `Table ${both} is a crosswalk, and a source or made as well.`,
      'A crosswalk is only read: name another table.',
    );
  return {
    name: models.map(({ name }) => name).join(', '),
    tables: tableRules(models),
    consolidations: models.map(consolidationPhase),
    derived: null,
    questions: null,
  };
}

function requireOnce(names: readonly string[], why: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`${twice} ${why}.`, 'Give each of them its own.');
}

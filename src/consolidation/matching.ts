import { ident } from '../db/identifier.js';
import type { ConsolidationModel, StepModel } from '../declare/model.js';
import type { Matching } from '../mapping/phase.js';
import { type BoundSources, type LadderStep, ladderOf, vetoSql } from './keys.js';

/** What a plan shows of how the rows of a consolidation match; null where any number of rows may be one thing. */
export function matchingOf(model: ConsolidationModel, sources: BoundSources): Matching | null {
  if (model.largestGroup === null) return null;
  const all = [...sources.values()];
  return {
    largestGroup: model.largestGroup,
    accepted: model.acceptedGroups,
    ladders: all.map(({ model: source }) => {
      const { steps } = ladderOf(source.table, 'r', sources);
      const names = source.match
        .filter((step) => step.kind !== 'via' || sources.has(step.table))
        .map(stepName);
      return [...names, 'itself']
        .slice(0, steps.length)
        .map((name, at) => ({ name, ...(steps[at] as LadderStep) }));
    }),
    identities: all.map(
      ({ model: { identity } }) =>
        `concat_ws(', ', ${identity.map((name) => `r.${ident(name)}`).join(', ')})`,
    ),
    vetoes: model.veto === null ? null : all.map(({ model: source }) => vetoSql(model, source, 'r')),
  };
}

function stepName(step: StepModel): string {
  switch (step.kind) {
    case 'via':
      return `points to ${step.table} (${step.columns.join(', ')})`;
    case 'same':
      return `same ${step.key.name}`;
    case 'thing':
      return `about ${step.of.consolidation} (${step.column})`;
    case 'named':
      return `names ${step.column}`;
  }
}

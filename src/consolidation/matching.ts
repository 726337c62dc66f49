import { ident } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { Matching } from '../mapping/phase.js';
import { boundSources } from './keyed-sources.js';
import { type LadderStep, ladderOf, vetoSql } from './keys.js';

/** What a plan shows of how the rows of a consolidation match; null where any number of rows may be one thing. */
export function matchingOf(model: ConsolidationModel, bound: BoundPhase): Matching | null {
  if (model.largestGroup === null) return null;
  const sources = boundSources(model, bound);
  const all = [...sources.values()];
  return {
    largestGroup: model.largestGroup,
    accepted: model.acceptedGroups,
    ladders: all.map(({ model: source }) => {
      const { steps } = ladderOf(source.table, 'r', sources);
      const names = source.match
        .filter((step) => step.kind === 'same' || sources.has(step.table))
        .map((step) =>
          step.kind === 'via'
            ? `points to ${step.table} (${step.columns.join(', ')})`
            : `same ${step.key.name}`,
        );
      return [...names, 'itself'].map((name, at) => ({ name, ...(steps[at] as LadderStep) }));
    }),
    identities: all.map(
      ({ model: { identity } }) =>
        `concat_ws(', ', ${identity.map((name) => `r.${ident(name)}`).join(', ')})`,
    ),
    vetoes: model.veto === null ? null : all.map(({ model: source }) => vetoSql(model, source, 'r')),
  };
}

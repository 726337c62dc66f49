import { ident } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { Matching } from '../mapping/phase.js';
import { type BoundSources, ladderOf, namedKey, vetoSql } from './keys.js';
import { ownId } from './same-key.js';

/** What a plan shows of how the rows of a consolidation match; null where any number of rows may be one thing. */
export function matchingOf(model: ConsolidationModel, sources: BoundSources): Matching | null {
  if (model.largestGroup === null) return null;
  const all = [...sources.values()];
  return {
    largestGroup: model.largestGroup,
    accepted: model.acceptedGroups,
    ladders: all.map(({ model: source }) => ladderOf(source.table, 'r', sources).steps),
    identities: all.map(
      ({ model: { identity } }) =>
        `concat_ws(', ', ${identity.map((name) => `r.${ident(name)}`).join(', ')})`,
    ),
    ids: all.map(({ model: source, bound }) => {
      if (model.ids === undefined) return ownId(source, 'r');
      const column = model.ids.table === source.table ? source.identity[0] : undefined;
      return column === undefined ? null : namedKey(column, bound, 'r');
    }),
    vetoes: model.veto === null ? null : all.map(({ model: source }) => vetoSql(model, source, 'r')),
  };
}

import { ident } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';

/**
 * SQL over a unified row `u`: whether it has rows that may be about another thing once a row is made or deleted elsewhere, by
 * which they are resolved (`through`); null where none are. Rows that point to such rows follow them.
 */
export function followsOthers({ sources }: ConsolidationModel): string | null {
  const following = new Set<string>();
  const follows = ({ match }: (typeof sources)[number]) =>
    match.some((step) => step.kind === 'through' || (step.kind === 'via' && following.has(step.table)));
  for (let size = -1; size < following.size; ) {
    size = following.size;
    for (const source of sources) if (follows(source)) following.add(source.table);
  }
  const found = sources.filter(({ table }) => following.has(table));
  if (found.length === 0) return null;
  // No flag says which rows that are kept whole a unified row is made of.
  return found.map(({ flag, isWhole }) => (isWhole === true ? 'true' : `u.${ident(flag)}`)).join(' or ');
}

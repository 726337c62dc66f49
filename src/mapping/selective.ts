import { extractedFrom, type KeyedSource } from './keyed-source.js';
import type { Wanted } from './wanted.js';

/**
 * Selective extraction: the legacy rows of a small range of merge keys, without working out the key of every row there is.
 *
 * A query of `extractionQuery` joins whole tables, because a row's key is known only when its crosswalk row is. Here a
 * phase first names candidates: rows that can have one of the keys, found through the legacy tables' own indexes and
 * by what can be seen in the row alone. Their keys are then worked out by the very same joins, against no more
 * crosswalk rows than they can reach, and those that turn out to have another key are left out again. So a phase has to
 * see to two things only: that no row of a wanted key is missing among the candidates, and that nothing is missing
 * among what their keys are made of. How keys are made is not written twice.
 *
 * It serves ranges of keys, and samples. Keys that changed are known by what writers touched, and are looked up by what
 * our tables remember of them: see `locate.ts`.
 */
export function selectiveQuery(keyed: KeyedSource, wanted: Wanted): string {
  const narrowed = keyed.narrowed(wanted);
  return `${narrowed.with} select * from (${extractedFrom({ ...keyed, ...narrowed }, 'r')}) q where ${wanted.condition('q.merge_key')} order by q.merge_key`;
}

/** The merge key of each row that is wanted. */
export function selectiveKeys(keyed: KeyedSource, wanted: Wanted): string {
  const narrowed = keyed.narrowed(wanted);
  return `${narrowed.with} select ${keyed.key} as merge_key from r ${narrowed.joins}`;
}

/**
 * For sessions that run such queries. Arrays of names are of a size that the planner does not know: it would go
 * through one list of names for every row of another. Two indexes are merged where known ids are left out.
 */
export const SELECTIVE_SETTINGS = 'set enable_nestloop = off; set enable_mergejoin = on';

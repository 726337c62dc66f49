import { extractedFrom, type KeyedSource } from './keyed-source.js';
import type { Wanted } from './wanted.js';

/**
 * Selective extraction: the legacy rows of a few merge keys, without working out the key of every row there is.
 *
 * A query of `extractionQuery` joins whole tables, because a row's key is known only when its submission is. Here a
 * phase first names candidates: rows that can have one of the keys, found through the legacy tables' own indexes and
 * by what can be seen in the row alone. Their keys are then worked out by the very same joins, against no more
 * submissions than they can reach, and those that turn out to have another key are left out again. So a phase has to
 * see to two things only: that no row of a wanted key is missing among the candidates, and that nothing is missing
 * among what their keys are made of. How keys are made is not written twice.
 *
 * To extract what changed, in a transaction of a session with {@link SELECTIVE_SETTINGS}:
 *
 *     create a table of names             wantedTableStatement, wantStatement (see `wanted.ts`)
 *     what rows belong to now             selectiveKeysQuery(keyed, wantedNames(names)), for each source of the phase
 *     what they belonged to               their merge keys in our own tables, by the names that are stored there
 *     all rows of all these keys          selectiveQuery(keyed, wantedKeys(keys)), for each source
 *
 * Names are of the old and of the new version of each changed row: its own id, its pointers, its raw id. A changed row
 * of `submissions` is named by its id and its Reddit id: when these change, rows that were not touched move to another
 * key, and `selectiveKeysQuery` finds them by what they name. Into the table of keys goes each key with the raw ids
 * that it was found by (those of our own tables, too): of a key that is made of an unknown id, nothing tells the id,
 * and a uuid may be spelled in unusual case.
 */
export function selectiveQuery(keyed: KeyedSource, wanted: Wanted): string {
  const narrowed = keyed.narrowed(wanted);
  return `${narrowed.with} select * from (${extractedFrom({ ...keyed, ...narrowed }, 'r')}) q where ${wanted.condition('q.merge_key')} order by q.merge_key`;
}

/** The merge keys, each once, of the rows that are wanted. */
export function selectiveKeysQuery(keyed: KeyedSource, wanted: Wanted): string {
  return `select distinct q.merge_key from (${selectiveKeys(keyed, wanted)}) q where ${wanted.condition('q.merge_key')}`;
}

/** The merge key of each row that is wanted. */
export function selectiveKeys(keyed: KeyedSource, wanted: Wanted): string {
  const narrowed = keyed.narrowed(wanted);
  return `${narrowed.with} select ${keyed.key} as merge_key from r ${narrowed.joins}`;
}

/**
 * For sessions that run such queries. Arrays of names are of a size that the planner does not know: it would go
 * through one list of submissions for every row of another. Two indexes are merged where known ids are left out.
 */
export const SELECTIVE_SETTINGS = 'set enable_nestloop = off; set enable_mergejoin = on';

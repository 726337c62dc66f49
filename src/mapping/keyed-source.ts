import { ident, qualified } from '../db/identifier.js';
import { type BoundSource, storedValue } from './bind.js';
import { listedRows } from './locate.js';
import type { Wanted } from './wanted.js';

/**
 * Where a legacy table's rows come from, each with its merge key: what the legacy row `r` is joined with, and
 * expressions over both. Written once per source by its phase; extraction, plan and verifier use it.
 */
export interface KeyedSource {
  readonly source: BoundSource;
  /** `with …`, or empty; the same for all sources of a phase. */
  readonly with: string;
  readonly joins: string;
  /** The merge key, of type uuid, never null. */
  readonly key: string;
  /** What the transformer wants to know beside the row itself; extracted between key and columns. */
  readonly extras: readonly string[];
  /** Whether the row belongs to nothing that is there. */
  readonly orphan: string;
  /**
   * The same for a few rows: a `with` that begins with the candidates, a relation `r`, and holds all that their keys
   * are made of; and what `r` is joined with. See `selective.ts`.
   */
  narrowed(wanted: Wanted): Pick<KeyedSource, 'with' | 'joins'>;
  /** A `with` that resolves by what is known of the crosswalk in the scratch tables of the phase. */
  readonly knowing: string;
  /** A query of what the rows `r` of a relation say that they belong to, for `Resolution.nameRows`; null: nothing. */
  readonly names: ((relation: string) => string) | null;
}

/** The legacy table itself, as it is named in FROM clauses. */
export function tableOf(source: BoundSource): string {
  return qualified(source.table.schema, source.table.name);
}

/** Which keys to look at: a range of them, or a set. */
export interface KeyScope {
  /** A condition on an expression of type uuid. */
  condition(key: string): string;
}

export function fromClause(keyed: Pick<KeyedSource, 'source' | 'joins'>): string {
  return `${tableOf(keyed.source)} r ${keyed.joins}`;
}

/** Rows of the keys in a scope, ordered by key: key, extras, columns in the order of extraction. */
export function extractionQuery(keyed: KeyedSource, scope: KeyScope): string {
  return ordered(keyed.with, extractedFrom(keyed, `${tableOf(keyed.source)} r`), scope);
}

/** The same, looking only at the rows that are listed in the scratch table of rows. */
export function listedQuery(keyed: KeyedSource, scope: KeyScope): string {
  return ordered(keyed.knowing, extractedFrom(keyed, `${listedRows(keyed.source)} r`), scope);
}

/** The merge keys of the rows that were listed in a round. */
export function listedKeysQuery(keyed: KeyedSource, round: number): string {
  return `${keyed.knowing} select ${keyed.key} as merge_key from ${listedRows(keyed.source, round)} r ${keyed.joins}`;
}

function ordered(prelude: string, rows: string, scope: KeyScope): string {
  return `${prelude} select * from (${rows}) q where ${scope.condition('q.merge_key')} order by q.merge_key`;
}

/** The fields of extracted rows, from a relation `r` of legacy rows. */
export function extractedFrom(
  keyed: Pick<KeyedSource, 'source' | 'key' | 'extras' | 'joins'>,
  relation: string,
): string {
  const extras = keyed.extras.map((extra, index) => `, ${extra} as x${index}`).join('');
  const columns = keyed.source.extracted
    .map((column, index) => `, ${storedValue(`r.${ident(column.name)}`, column.type)} as c${index}`)
    .join('');
  return `select ${keyed.key} as merge_key${extras}${columns} from ${relation} ${keyed.joins}`;
}

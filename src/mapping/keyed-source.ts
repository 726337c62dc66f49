import { ident, qualified } from '../db/identifier.js';
import type { KeyRange } from '../keys/key-range.js';
import type { BoundSource } from './bind.js';
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
  /** Whether the row belongs to nothing that is there (no submission, no opportunity). */
  readonly orphan: string;
  /**
   * The same for a few rows: a `with` that begins with the candidates, a relation `r`, and holds all that their keys
   * are made of; and what `r` is joined with. See `selective.ts`.
   */
  narrowed(wanted: Wanted): Pick<KeyedSource, 'with' | 'joins'>;
}

/** The legacy table itself, as it is named in FROM clauses. */
export function tableOf(source: BoundSource): string {
  return qualified(source.table.schema, source.table.name);
}

export function fromClause(keyed: Pick<KeyedSource, 'source' | 'joins'>): string {
  return `${tableOf(keyed.source)} r ${keyed.joins}`;
}

/** All rows of a key range, ordered by key: key, extras, columns in the order of extraction. */
export function extractionQuery(keyed: KeyedSource, range: KeyRange): string {
  return `${keyed.with} select * from (${extractedFrom(keyed, `${tableOf(keyed.source)} r`)}) q where ${range.condition('q.merge_key')} order by q.merge_key`;
}

/** The fields of extracted rows, from a relation `r` of legacy rows. */
export function extractedFrom(
  keyed: Pick<KeyedSource, 'source' | 'key' | 'extras' | 'joins'>,
  relation: string,
): string {
  const extras = keyed.extras.map((extra, index) => `, ${extra} as x${index}`).join('');
  const columns = keyed.source.extracted
    .map((column, index) => `, r.${ident(column.name)}${column.type.binary ? '' : '::text'} as c${index}`)
    .join('');
  return `select ${keyed.key} as merge_key${extras}${columns} from ${relation} ${keyed.joins}`;
}

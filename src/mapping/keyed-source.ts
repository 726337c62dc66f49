import { ident, qualified } from '../db/identifier.js';
import type { BoundSource } from './bind.js';
import { listedRows } from './locate.js';

/**
 * Where a legacy table's rows come from, each with its merge key: what the legacy row `r` is joined with, and
 * expressions over both. Written once per source by its phase; extraction, plan and verifier use it.
 */
export interface KeyedSource {
  readonly source: BoundSource;
  /** `with …`, or empty; the same for all sources of a phase. */
  readonly with: string;
  /** A cheaper `with`, good enough to estimate where keys lie. */
  readonly roughly: string;
  /** The same relation cut down to what listed rows name: see `SCRATCH.known`. */
  readonly narrowly: string;
  /** What a row says of its submission: what to join it with, its bare Reddit id and its uuid; null: nothing. */
  readonly names: { readonly joins: string; readonly rid: string; readonly id: string } | null;
  readonly joins: string;
  /** The merge key, of type uuid, never null. */
  readonly key: string;
  /** What the transformer wants to know beside the row itself; extracted between key and columns. */
  readonly extras: readonly string[];
  /** Whether the row belongs to nothing that is there (no submission, no opportunity). */
  readonly orphan: string;
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

/** FROM clause, with a sample of the legacy rows where a percentage is given. */
export function fromClause(keyed: KeyedSource, samplePercent?: number): string {
  const sample =
    samplePercent === undefined ? '' : ` tablesample bernoulli (${samplePercent}) repeatable (1)`;
  return `${tableOf(keyed.source)} r${sample} ${keyed.joins}`;
}

/** Rows of the keys in a scope, ordered by key: key, extras, columns in the order of extraction. */
export function extractionQuery(keyed: KeyedSource, scope: KeyScope): string {
  return ordered(keyed, scope, keyed.with, fromClause(keyed));
}

/** The same, looking only at the rows that are listed in the scratch table of rows. */
export function listedQuery(keyed: KeyedSource, scope: KeyScope): string {
  return ordered(keyed, scope, keyed.narrowly, listedFrom(keyed));
}

/** FROM clause of the listed rows. */
export function listedFrom(keyed: KeyedSource, joins: string = keyed.joins): string {
  return `${listedRows(keyed.source)} ${joins}`;
}

function ordered(keyed: KeyedSource, scope: KeyScope, prelude: string, from: string): string {
  const extras = keyed.extras.map((extra, index) => `, ${extra} as x${index}`).join('');
  const columns = keyed.source.extracted
    .map((column, index) => `, r.${ident(column.name)}${column.type.binary ? '' : '::text'} as c${index}`)
    .join('');
  return `${prelude} select * from (select ${keyed.key} as merge_key${extras}${columns} from ${from}) q where ${scope.condition('q.merge_key')} order by q.merge_key`;
}

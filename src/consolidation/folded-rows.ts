import { literal } from '../db/identifier.js';

/** Tables of a consolidation, as statements name them. */
export interface Tables {
  readonly unified: string;
  readonly folded: string;
  /** SQL: whether a folded row `f` belongs to the row `old`. */
  readonly foldedIntoOld: string;
}

/** SQL: whether rows are folded into the row that is changed. @param table of this source only; left out: of any */
export function hasFolded({ folded, foldedIntoOld }: Tables, table?: string): string {
  const isOne = table === undefined ? '' : ` and f.source = ${literal(table)}`;
  return `exists (select from ${folded} f where ${foldedIntoOld}${isOne})`;
}

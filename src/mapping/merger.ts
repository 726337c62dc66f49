import type { RowBytes } from '../copy-binary/framing.js';

/** The rows of one merge key, per source in the order of the phase's sources. */
export interface Group {
  /** Sixteen bytes. */
  readonly key: string;
  readonly rows: readonly Rows[];
}

/** Rows of one source and key: a list, or a RowLog where they are many. Can be read any number of times. */
export interface Rows extends Iterable<RowBytes> {
  readonly count: number;
  /** The first row, for whoever knows that there is but one. */
  readonly first: RowBytes | undefined;
}

/**
 * What a transformer writes: rows for the unified table and for the table of folded rows, and what became of each row.
 * The bytes of a row are only lent: they are overwritten by the next one.
 */
export interface Output {
  unified(row: RowBytes): void;
  folded(row: RowBytes): void;
  /** Books what became of one row of a source: law 2. */
  book(source: number, outcome: 'primary' | 'folded'): void;
}

/** Turns the groups of one phase into lines. Pure: no database, no clock, no chance. */
export interface Merger {
  merge(group: Group, output: Output): void;
}

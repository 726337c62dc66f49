import { fieldEnd } from '../copy-binary/framing.js';
import type { Row } from './row.js';
import { compareLatestFirst, earlier, later } from './timestamps.js';

/** What decides which of several duplicate rows wins, and the times that it brings into the golden record. */
export interface Standing {
  readonly created: string;
  readonly updated: string;
  /** Non-null columns; only counted where there is more than one row to choose from. */
  readonly values: number;
  /** What tells the row from the others of its table. */
  readonly identity: string;
}

/** A total order: later review or update, then more non-null columns, then smaller id. Negative when `a` comes first. */
export function compareStanding(a: Standing, b: Standing): number {
  return (
    compareLatestFirst(a.updated, b.updated) || b.values - a.values || compareText(a.identity, b.identity)
  );
}

/** Byte order. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Columns of a row that are not NULL. */
export function countValues(row: Pick<Row, 'view' | 'legacyAt' | 'end'>): number {
  let count = 0;
  for (let at = row.legacyAt; at < row.end; at = fieldEnd(row.view, at))
    if (row.view.getInt32(at) >= 0) count += 1;
  return count;
}

/**
 * Finds the winner among rows that are one and the same thing, in one pass and without keeping them, and the
 * earliest and latest times of all of them. A second pass asks each row whether it is the winner.
 */
export class Contest<S extends Standing = Standing> {
  best: S;
  created: string;
  updated: string;
  readonly #order: (a: S, b: S) => number;
  #claimed = false;

  constructor(first: S, order: (a: S, b: S) => number = compareStanding) {
    this.best = first;
    this.#order = order;
    this.created = first.created;
    this.updated = later(first.updated, first.created);
  }

  enter(standing: S): void {
    this.created = earlier(this.created, standing.created);
    this.updated = later(this.updated, later(standing.updated, standing.created));
    if (this.#order(standing, this.best) < 0) this.best = standing;
  }

  /** True once, for the winner; a second row that is equal to the last byte is a duplicate like any other. */
  claim(identity: string): boolean {
    if (this.#claimed || identity !== this.best.identity) return false;
    this.#claimed = true;
    return true;
  }
}

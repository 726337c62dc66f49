import { int32At } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { Row } from './row.js';
import { compareLatestFirst, earlier, later } from './timestamps.js';

/** What decides which of several duplicate rows wins, and the times that it brings into the golden record. */
export interface Standing {
  readonly created: string;
  readonly updated: string;
  /** Non-null columns; only counted where there is more than one row to choose from. */
  readonly values: number;
  /** The row's id; all its bytes for tables without a unique one. */
  readonly identity: string;
}

/**
 * The same standing, holding on to nothing else. A short piece of a string keeps the whole string alive, so the
 * standings of a hundred thousand rows would keep all their rows in memory.
 */
export function detached(standing: Standing): Standing {
  const copy = (value: string) => (value === NULL ? NULL : Buffer.from(value, 'latin1').toString('latin1'));
  const { created, updated, values, identity } = standing;
  return { created: copy(created), updated: copy(updated), values, identity: copy(identity) };
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
export function countValues(row: Row): number {
  let count = 0;
  for (let at = row.legacyAt; at < row.bytes.length; ) {
    const length = int32At(row.bytes, at);
    if (length >= 0) count += 1;
    at += 4 + Math.max(0, length);
  }
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

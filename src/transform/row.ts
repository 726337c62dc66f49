import { NULL } from '../copy-text/copy-text.js';
import type { BoundSource } from '../mapping/bind.js';

/**
 * One legacy row as it was extracted. Only the fields that the rules look at are split off; the rest of the line
 * stays one piece and is spliced into the output as it is.
 */
export interface Row {
  readonly line: string;
  /** Merge key, extras, then the read columns in the order of extraction. */
  readonly fields: readonly string[];
  /** Where the legacy columns begin in the line. */
  readonly legacyAt: number;
  /** Where the block of own columns begins; the line's length when there is none. */
  readonly ownAt: number;
}

/** Lines that can be gone through more than once. */
export interface Lines extends Iterable<string> {
  readonly count: number;
}

export interface RowSet extends Iterable<Row> {
  readonly count: number;
}

/** Rows of one key that are kept split; beyond it they are split again on each pass, so memory stays bounded. */
export const MOST_KEPT = 64;

/** Splits lines of one source. */
export class RowReader {
  readonly #head: number;
  readonly #golden: number;
  readonly #fields: number;
  readonly #index: ReadonlyMap<string, number>;

  /** @param head number of fields before the legacy columns */
  constructor(source: BoundSource, head: number) {
    this.#head = head;
    this.#golden = head + source.goldenCount;
    this.#fields = head + source.readCount;
    this.#index = new Map(
      source.extracted.slice(0, source.readCount).map((column, at) => [column.name, head + at]),
    );
  }

  read(line: string): Row {
    const fields: string[] = new Array(this.#fields);
    let at = 0;
    let legacyAt = 0;
    let ownAt = line.length;
    for (let index = 0; index < this.#fields; index += 1) {
      if (index === this.#head) legacyAt = at;
      if (index === this.#golden) ownAt = at;
      let end = line.indexOf('\t', at);
      if (end < 0) end = line.length;
      fields[index] = line.slice(at, end);
      at = end + 1;
    }
    if (this.#fields === this.#head) legacyAt = at;
    if (this.#fields === this.#golden) ownAt = Math.min(at, line.length);
    return { line, fields, legacyAt, ownAt };
  }

  /** The rows of one key, to be gone through several times: split once where they are few, each time where they are many. */
  readAll(lines: Lines): RowSet {
    if (lines.count > MOST_KEPT) {
      const read = (line: string) => this.read(line);
      return {
        count: lines.count,
        *[Symbol.iterator]() {
          for (const line of lines) yield read(line);
        },
      };
    }
    const rows: Row[] = [];
    for (const line of lines) rows.push(this.read(line));
    return { count: rows.length, [Symbol.iterator]: () => rows[Symbol.iterator]() };
  }

  /** Where a column's field is in `Row.fields`; -1 for a column that the table does not have or nobody reads. */
  indexOf(column: string): number {
    return this.#index.get(column) ?? -1;
  }
}

/** The field at an index of `Row.fields`; NULL where the index is -1 or the row is not there. */
export function fieldAt(row: Row | null, index: number): string {
  return row === null || index < 0 ? NULL : (row.fields[index] ?? NULL);
}

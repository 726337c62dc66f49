import { type Decoder, decoderOf } from '../copy-binary/decode.js';
import { FIELDS_AT, int32At } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { BoundSource } from '../mapping/bind.js';

/**
 * One legacy row as it was extracted. Only the values that the rules look at are split off; the bytes stay one
 * piece, of which runs of fields are spliced into the output as they are.
 */
export interface Row {
  readonly bytes: string;
  /** Values: the merge key, extras, then the read columns in the order of extraction. */
  readonly fields: readonly string[];
  /** Where the legacy columns begin in the bytes. */
  readonly legacyAt: number;
  /** Where the block of own columns begins; the length of the bytes when there is none. */
  readonly ownAt: number;
}

/** Extracted rows, as bytes, that can be gone through more than once. */
export interface RawRows extends Iterable<string> {
  readonly count: number;
}

export interface RowSet extends Iterable<Row> {
  readonly count: number;
}

/** Rows of one key that are kept split; beyond it they are split again on each pass, so memory stays bounded. */
export const MOST_KEPT = 64;

const asSent: Decoder = (bytes) => bytes;

/** Splits rows of one source. */
export class RowReader {
  readonly #head: number;
  readonly #golden: number;
  readonly #decoders: readonly Decoder[];
  readonly #index: ReadonlyMap<string, number>;

  /** @param head number of fields before the legacy columns */
  constructor(source: BoundSource, head: number) {
    const read = source.extracted.slice(0, source.readCount);
    this.#head = head;
    this.#golden = head + source.goldenCount;
    this.#decoders = [
      ...Array.from({ length: head }, () => asSent),
      ...read.map((column) => decoderOf(column.type)),
    ];
    this.#index = new Map(read.map((column, at) => [column.name, head + at]));
  }

  read(bytes: string): Row {
    const count = this.#decoders.length;
    const fields: string[] = new Array(count);
    let at = FIELDS_AT;
    let legacyAt = 0;
    let ownAt = 0;
    for (let index = 0; index < count; index += 1) {
      if (index === this.#head) legacyAt = at;
      if (index === this.#golden) ownAt = at;
      const length = int32At(bytes, at);
      at += 4;
      if (length < 0) fields[index] = NULL;
      else {
        const decode = this.#decoders[index] ?? asSent;
        fields[index] = decode(bytes.slice(at, at + length));
        at += length;
      }
    }
    if (count === this.#head) legacyAt = at;
    if (count === this.#golden) ownAt = at;
    return { bytes, fields, legacyAt, ownAt };
  }

  /** The rows of one key, to be gone through several times: split once where they are few, each time where they are many. */
  readAll(rows: RawRows): RowSet {
    if (rows.count > MOST_KEPT) {
      const read = (bytes: string) => this.read(bytes);
      return {
        count: rows.count,
        *[Symbol.iterator]() {
          for (const bytes of rows) yield read(bytes);
        },
      };
    }
    const split: Row[] = [];
    for (const bytes of rows) split.push(this.read(bytes));
    return { count: split.length, [Symbol.iterator]: () => split[Symbol.iterator]() };
  }

  /** Where a column's value is in `Row.fields`; -1 for a column that the table does not have or nobody reads. */
  indexOf(column: string): number {
    return this.#index.get(column) ?? -1;
  }
}

/** The value at an index of `Row.fields`; NULL where the index is -1 or the row is not there. */
export function fieldAt(row: Row | null, index: number): string {
  return row === null || index < 0 ? NULL : (row.fields[index] ?? NULL);
}

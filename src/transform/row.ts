import { type Decoder, decoderOf } from '../copy-binary/decode.js';
import { FIELDS_AT, fieldEnd, LENGTH_BYTES, memoryOf, type RowBytes } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { BoundSource } from '../mapping/bind.js';

/**
 * One legacy row as it was extracted: its bytes, and where the fields are that the rules look at. A value is made of
 * them only when somebody asks for it; runs of fields are spliced into the output as they are.
 */
export class Row implements RowBytes {
  bytes: Buffer = NOTHING.bytes;
  view: DataView = NOTHING.view;
  start = 0;
  end = 0;
  /** Where each field that can be read begins, with its length: merge key, extras, then the columns in the order of extraction. */
  readonly places: Int32Array;
  readonly #reader: RowReader;

  constructor(reader: RowReader) {
    this.#reader = reader;
    this.places = new Int32Array(reader.decoders.length + 1);
  }

  /** Where the legacy columns begin in the bytes. */
  get legacyAt(): number {
    return this.places[this.#reader.head] as number;
  }

  /** Where the block of own columns begins; the end of the row when there is none. */
  get ownAt(): number {
    return this.places[this.#reader.golden] as number;
  }

  /** The value of a field that can be read. */
  value(index: number): string {
    const at = this.places[index] as number;
    const length = this.view.getInt32(at);
    if (length < 0) return NULL;
    const decode = this.#reader.decoders[index] as Decoder;
    return decode(this.bytes.toString('latin1', at + LENGTH_BYTES, at + LENGTH_BYTES + length));
  }

  /** The bytes that were sent for a field that can be read, in a latin1 string. */
  sent(index: number): string {
    const at = this.places[index] as number;
    const length = this.view.getInt32(at);
    return length < 0 ? NULL : this.bytes.toString('latin1', at + LENGTH_BYTES, at + LENGTH_BYTES + length);
  }

  /** Becomes another row. */
  read({ bytes, view, start, end }: RowBytes): void {
    const { places } = this;
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.end = end;
    const last = places.length - 1;
    let at = start + FIELDS_AT;
    for (let index = 0; index < last; index += 1) {
      places[index] = at;
      at = fieldEnd(view, at);
    }
    places[last] = at;
  }
}

const NOTHING = memoryOf(Buffer.alloc(0));

/** Extracted rows, as bytes, that can be gone through more than once. */
export interface RawRows extends Iterable<RowBytes> {
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
  /** Number of fields before the legacy columns. */
  readonly head: number;
  /** Number of fields before the block of own columns. */
  readonly golden: number;
  /** Of the fields that can be read. */
  readonly decoders: readonly Decoder[];
  readonly #index: ReadonlyMap<string, number>;

  /** @param head number of fields before the legacy columns */
  constructor(source: BoundSource, head: number) {
    const read = source.extracted.slice(0, source.readCount);
    this.head = head;
    this.golden = head + source.goldenCount;
    this.decoders = [
      ...Array.from({ length: head }, () => asSent),
      ...read.map((column) => decoderOf(column.type)),
    ];
    const gifts = source.rule.gifts ?? [];
    this.#index = new Map([
      // They are the last fields before the columns.
      ...gifts.map(({ name }, at) => [name, head - gifts.length + at] as const),
      ...read.map((column, at) => [column.name, head + at] as const),
    ]);
  }

  read(raw: RowBytes): Row {
    const row = new Row(this);
    row.read(raw);
    return row;
  }

  /** The rows of one key, to be gone through several times: split once where they are few, each time where they are many. */
  readAll(rows: RawRows): RowSet {
    if (rows.count > MOST_KEPT) {
      const read = (raw: RowBytes) => this.read(raw);
      return {
        count: rows.count,
        *[Symbol.iterator]() {
          for (const raw of rows) yield read(raw);
        },
      };
    }
    const split: Row[] = [];
    for (const raw of rows) split.push(this.read(raw));
    return { count: split.length, [Symbol.iterator]: () => split[Symbol.iterator]() };
  }

  /** The index of a column's field in a row; -1 for a column that the table does not have or nobody reads. */
  indexOf(column: string): number {
    return this.#index.get(column) ?? -1;
  }
}

/** The value at an index; NULL where the index is -1 or the row is not there. */
export function fieldAt(row: Row | null, index: number): string {
  return row === null || index < 0 ? NULL : row.value(index);
}

import { NULL } from './values.js';

/**
 * The frame of Postgres' binary COPY format: a signature, rows, a trailer. A row is the number of its fields (two
 * bytes), then each field's length (four bytes, -1 for NULL) and bytes. Rows are latin1 strings here, with their
 * number of fields: whole, so that a row or a run of its fields is passed on as one piece.
 */

const MAGIC = 'PGCOPY\n\xff\r\n\0';
/** The signature, no flags, and an empty extension. */
export const SIGNATURE = `${MAGIC}${'\0'.repeat(8)}`;
export const TRAILER = '\xff\xff';

/** Where the fields begin in a row. */
export const FIELDS_AT = 2;
export const NULL_FIELD = '\xff\xff\xff\xff';

const NO_MORE_ROWS = 0xffff;

/** The 32-bit number at a place; the length of a field, -1 for NULL. */
export function int32At(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  );
}

export function int16(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}

export function int32(value: number): string {
  return String.fromCharCode((value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

const SHORT_LENGTHS = Array.from({ length: 1024 }, (_, length) => int32(length));

/**
 * Adds a value's field to a row's pieces, its length and its bytes. A row is joined from its pieces at once: put
 * together one by one, every piece would cost the engine a node, and the flattening of them all most of the time.
 */
export function pushField(value: string, pieces: string[]): void {
  if (value === NULL) pieces.push(NULL_FIELD);
  else pieces.push(SHORT_LENGTHS[value.length] ?? int32(value.length), value);
}

/** The bytes of a field of a row, by its place; NULL for NULL. */
export function fieldIn(row: string, index: number): string {
  let at = FIELDS_AT;
  for (let before = 0; before < index; before += 1) at += 4 + Math.max(0, int32At(row, at));
  const length = int32At(row, at);
  return length < 0 ? NULL : row.slice(at + 4, at + 4 + length);
}

/** Cuts a stream of bytes into rows. Give it every piece in turn; it keeps what does not make a row yet. */
export class RowSplitter {
  #pieces: string[] = [];
  #pending = 0;
  /** Bytes that have to be there before it is worth looking. */
  #wanted: number;
  #begun: boolean;
  #ended = false;

  /** @param framed whether signature and trailer are around the rows */
  constructor(framed: 'framed' | 'bare') {
    this.#begun = framed === 'bare';
    this.#wanted = this.#begun ? FIELDS_AT : SIGNATURE.length;
  }

  /** Whether everything was cut into rows, and the trailer (where there is one) was the end. */
  get isComplete(): boolean {
    return this.#pending === 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  split(piece: string): string[] {
    this.#pieces.push(piece);
    this.#pending += piece.length;
    if (this.#pending < this.#wanted) return [];
    const bytes = this.#pieces.length === 1 ? piece : this.#pieces.join('');
    const rows: string[] = [];
    let at = this.#begun ? 0 : this.#skipSignature(bytes);
    while (!this.#ended && bytes.length - at >= FIELDS_AT) {
      const end = this.#rowEnd(bytes, at);
      if (end < 0) break;
      if (!this.#ended) rows.push(bytes.slice(at, end));
      at = end;
    }
    if (bytes.length - at < FIELDS_AT) this.#wanted = FIELDS_AT;
    this.#pieces = at === bytes.length ? [] : [bytes.slice(at)];
    this.#pending = bytes.length - at;
    return rows;
  }

  /** Where the row that begins at a place ends; -1 when more bytes are needed, which `#wanted` tells. */
  #rowEnd(bytes: string, start: number): number {
    const fields = (bytes.charCodeAt(start) << 8) | bytes.charCodeAt(start + 1);
    let end = start + FIELDS_AT;
    if (fields === NO_MORE_ROWS) {
      this.#ended = true;
      return end;
    }
    for (let field = 0; field < fields; field += 1) {
      if (end + 4 > bytes.length) {
        this.#wanted = end + 4 - start;
        return -1;
      }
      const length = int32At(bytes, end);
      end += length < 0 ? 4 : 4 + length;
    }
    if (end <= bytes.length) return end;
    this.#wanted = end - start;
    return -1;
  }

  #skipSignature(bytes: string): number {
    if (!bytes.startsWith(SIGNATURE)) throw new Error('the server sent no binary COPY stream');
    this.#begun = true;
    return SIGNATURE.length;
  }
}

import { FIELDS_AT, LENGTH_BYTES, type RowBytes, SIGNATURE, viewOf } from './framing.js';

const NO_MORE_ROWS = 0xffff;
/** Bytes of a piece that are put together with the beginning of a row from the pieces before it. */
const SEAM = 8192;

/** Cuts a stream of bytes into rows. Give it every piece in turn; it keeps what does not make a row yet. */
export class RowSplitter {
  /** The beginning of a row that is not whole yet. */
  #rest: Buffer[] = [];
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

  /** @param piece stays in use as long as its rows do: it must not be written to any more */
  split(piece: Buffer): RowBytes[] {
    const rows: RowBytes[] = [];
    if (this.#pending === 0) {
      this.#cut(piece, 0, rows);
      return rows;
    }
    const before = this.#pending;
    if (before + piece.length < this.#wanted) {
      this.#keep(piece);
      return rows;
    }
    // Mostly the row that is torn between two pieces is short: then they need not be put together as a whole.
    const seam = Buffer.concat([...this.#rest, piece.subarray(0, SEAM)]);
    const kept = this.#rest;
    const view = viewOf(seam);
    const end = piece.length > SEAM ? this.#firstEnd(view) : -1;
    this.#rest = [];
    this.#pending = 0;
    if (end > before) {
      rows.push({ bytes: seam, view, start: 0, end });
      this.#cut(piece, end - before, rows);
    } else this.#cut(piece.length > SEAM ? Buffer.concat([...kept, piece]) : seam, 0, rows);
    return rows;
  }

  /** Where the row ends that begins the bytes; -1 where that is no whole row. */
  #firstEnd(view: DataView): number {
    if (!this.#begun || this.#ended) return -1;
    const end = this.#rowEnd(view, 0);
    if (!this.#ended) return end;
    this.#ended = false;
    return -1;
  }

  #cut(bytes: Buffer, from: number, rows: RowBytes[]): void {
    let at = from;
    if (!this.#begun) {
      if (bytes.length < SIGNATURE.length) {
        this.#keep(bytes);
        return;
      }
      at = this.#skipSignature(bytes);
    }
    this.#wanted = FIELDS_AT;
    const view = viewOf(bytes);
    while (!this.#ended && bytes.length - at >= FIELDS_AT) {
      const end = this.#rowEnd(view, at);
      if (end < 0) break;
      if (!this.#ended) rows.push({ bytes, view, start: at, end });
      at = end;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#rest.push(piece);
    this.#pending += piece.length;
  }

  /** Where the row that begins at a place ends; -1 when more bytes are needed, which `#wanted` tells. */
  #rowEnd(view: DataView, start: number): number {
    const size = view.byteLength;
    const fields = view.getUint16(start);
    let end = start + FIELDS_AT;
    if (fields === NO_MORE_ROWS) {
      this.#ended = true;
      return end;
    }
    for (let field = 0; field < fields; field += 1) {
      if (end + LENGTH_BYTES > size) {
        this.#wanted = end + LENGTH_BYTES - start;
        return -1;
      }
      const length = view.getInt32(end);
      end += length < 0 ? LENGTH_BYTES : LENGTH_BYTES + length;
    }
    if (end <= size) return end;
    this.#wanted = end - start;
    return -1;
  }

  #skipSignature(bytes: Buffer): number {
    if (bytes.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE)
      throw new Error('the server sent no binary COPY stream');
    this.#begun = true;
    return SIGNATURE.length;
  }
}

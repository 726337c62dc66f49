import { LENGTH_BYTES, type Memory, memoryOf, type RowBytes, viewOf } from './framing.js';
import { NULL } from './values.js';

const FIRST_BYTES = 1 << 14;
/** Longer runs are copied by the engine at once: to ask it costs as much as copying so many bytes word by word. */
const LONGEST_BY_HAND = 144;
/** The same of text, which goes byte by byte. */
const LONGEST_TEXT_BY_HAND = 24;

/** Fields that are NULL. */
const NULLS = memoryOf(Buffer.alloc(100 * LENGTH_BYTES, 0xff));

/**
 * Writes a row of the binary COPY format, field after field, into memory that it uses again for the next one: whoever
 * is given the row copies it. Values are latin1 strings, or bytes where they are at hand.
 */
export class RowWriter implements RowBytes {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  view: DataView = viewOf(this.bytes);
  readonly start = 0;
  end = 0;

  /** Begins a row of so many fields. */
  begin(fields: number): void {
    this.end = 0;
    this.#reserve(2);
    this.view.setUint16(0, fields);
    this.end = 2;
  }

  /** Begins something that is no row: a field, or a part of one. */
  clear(): void {
    this.end = 0;
  }

  nulls(count: number): void {
    for (let left = count * LENGTH_BYTES; left > 0; left -= NULLS.bytes.length)
      this.copy(NULLS, 0, Math.min(left, NULLS.bytes.length));
  }

  null(): void {
    this.int32(-1);
  }

  /** A field with this value. */
  field(value: string): void {
    if (value === NULL) this.null();
    else {
      this.int32(value.length);
      this.text(value);
    }
  }

  /** A field of one byte. */
  byte(value: number): void {
    this.int32(1);
    this.#reserve(1);
    this.bytes[this.end++] = value;
  }

  int32(value: number): void {
    this.#reserve(LENGTH_BYTES);
    this.view.setInt32(this.end, value);
    this.end += LENGTH_BYTES;
  }

  /** Bytes as they are, without a length. */
  text(value: string): void {
    const { length } = value;
    this.#reserve(length);
    if (length > LONGEST_TEXT_BY_HAND) this.bytes.write(value, this.end, 'latin1');
    else for (let at = 0; at < length; at += 1) this.bytes[this.end + at] = value.charCodeAt(at);
    this.end += length;
  }

  /** Any run of bytes: a value without its length, a field, or many of them. */
  copy(source: Memory, from: number, to: number): void {
    const length = to - from;
    this.#reserve(length);
    const start = this.end;
    this.end += length;
    if (length > LONGEST_BY_HAND) {
      source.bytes.copy(this.bytes, start, from, to);
      return;
    }
    const [input, output] = [source.view, this.view];
    let at = 0;
    for (; at + 4 <= length; at += 4) output.setInt32(start + at, input.getInt32(from + at));
    for (; at < length; at += 1) output.setUint8(start + at, input.getUint8(from + at));
  }

  /** Begins a field whose length is not known yet; gives its place, for `close`. */
  open(): number {
    this.#reserve(LENGTH_BYTES);
    const place = this.end;
    this.end += LENGTH_BYTES;
    return place;
  }

  close(place: number): void {
    this.view.setInt32(place, this.end - place - LENGTH_BYTES);
  }

  /** Takes back what was written since a place. */
  rewind(place: number): void {
    this.end = place;
  }

  /** Whether the bytes from a place on are these. */
  endsWith(place: number, source: Memory, from: number, to: number): boolean {
    const length = to - from;
    if (this.end - place !== length) return false;
    const [input, output] = [source.view, this.view];
    let at = 0;
    for (; at + 4 <= length; at += 4)
      if (output.getInt32(place + at) !== input.getInt32(from + at)) return false;
    for (; at < length; at += 1) if (output.getUint8(place + at) !== input.getUint8(from + at)) return false;
    return true;
  }

  isNullAt(place: number): boolean {
    return this.view.getInt32(place) < 0;
  }

  #reserve(length: number): void {
    if (this.end + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.end + length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

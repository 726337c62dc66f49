import { NULL } from './values.js';

/**
 * The frame of Postgres' binary COPY format: a signature, rows, a trailer. A row is the number of its fields (two
 * bytes), then each field's length (four bytes, -1 for NULL) and bytes.
 */

const MAGIC = 'PGCOPY\n\xff\r\n\0';
/** The signature, no flags, and an empty extension. */
export const SIGNATURE = `${MAGIC}${'\0'.repeat(8)}`;
export const TRAILER = '\xff\xff';

/** Where the fields begin in a row. */
export const FIELDS_AT = 2;
/** Bytes of a field's length, which its value follows. */
export const LENGTH_BYTES = 4;

/** A piece of memory: its bytes, and a view by which four of them are read at a time, several times as fast. */
export interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function memoryOf(bytes: Buffer): Memory {
  return { bytes, view: viewOf(bytes) };
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * One row, where it lies in a piece of memory: with its number of fields, so that the row or a run of its fields is
 * passed on as one piece. It holds on to the whole of that memory.
 */
export interface RowBytes extends Memory {
  readonly start: number;
  readonly end: number;
}

/** Where the field ends that begins at a place, with its length: -1 for NULL. */
export function fieldEnd(view: DataView, at: number): number {
  const length = view.getInt32(at);
  return length < 0 ? at + LENGTH_BYTES : at + LENGTH_BYTES + length;
}

export function int16(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}

export function int32(value: number): string {
  return String.fromCharCode((value >> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

/** The bytes of a field of a row, by its place, in a latin1 string; NULL for NULL. */
export function fieldIn({ bytes, view, start }: RowBytes, index: number): string {
  let at = start + FIELDS_AT;
  for (let before = 0; before < index; before += 1) at = fieldEnd(view, at);
  const length = view.getInt32(at);
  return length < 0 ? NULL : bytes.toString('latin1', at + LENGTH_BYTES, at + LENGTH_BYTES + length);
}

/** All bytes of a row, in a latin1 string. */
export function rowText({ bytes, start, end }: RowBytes): string {
  return bytes.toString('latin1', start, end);
}

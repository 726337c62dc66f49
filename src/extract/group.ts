import { FIELDS_AT, LENGTH_BYTES, memoryOf, type RowBytes } from '../copy-binary/framing.js';
import { RowLog } from '../copy-binary/row-log.js';
import { uuidBytes, uuidText } from '../keys/uuid.js';
import type { Group, Rows } from '../mapping/merger.js';

/** Where the key is in a row: behind the number of fields and its own length. */
const KEY_AT = FIELDS_AT + LENGTH_BYTES;
const KEY_BYTES = 16;
/** Beyond this many bytes of one key and source, rows go to a RowLog that spills to disk. */
const MOST_BYTES_IN_MEMORY = 4 << 20;
/** Groups in a chunk: what goes through the transformer as one record. */
const CHUNK_GROUPS = 128;
const CHUNK_BYTES = 1 << 20;

const NO_ROW: RowBytes = { ...memoryOf(Buffer.alloc(0)), start: 0, end: 0 };
const NO_ROWS: Rows = { count: 0, first: undefined, [Symbol.iterator]: () => [][Symbol.iterator]() };

/** Merges streams of rows, each ordered by the key that is their first field, into groups in key order. */
export class Grouper {
  readonly #cursors: readonly RowCursor[];
  /** The key of the group that is being put together. */
  readonly #key = new Uint32Array(KEY_WORDS);

  constructor(sources: readonly AsyncIterable<RowBytes[]>[]) {
    this.#cursors = sources.map((source) => new RowCursor(source));
  }

  /** The groups with keys below `end` (all that are left, when null), in chunks. Call again to go on behind it. */
  async *until(end: string | null): AsyncGenerator<Group[]> {
    const endKey = end === null ? null : uuidBytes(end);
    let chunk: Group[] = [];
    let bytes = 0;
    for (;;) {
      for (const cursor of this.#cursors) if (!cursor.hasRow) await cursor.advance();
      const lowest = this.#lowest();
      if (lowest === null) break;
      const key = keyIn(lowest.row);
      if (endKey !== null && key >= endKey) break;
      this.#key.set(lowest.key);
      const rows: Rows[] = [];
      for (const cursor of this.#cursors) {
        if (!cursor.isAt(this.#key)) {
          rows.push(NO_ROWS);
          continue;
        }
        const collected = new KeyRows(cursor.row);
        while (cursor.step() || (await cursor.advance())) {
          if (!cursor.isAt(this.#key)) break;
          collected.add(cursor.row);
        }
        bytes += collected.bytes;
        rows.push(collected);
      }
      chunk.push({ key, rows });
      if (chunk.length >= CHUNK_GROUPS || bytes >= CHUNK_BYTES) {
        yield chunk;
        chunk = [];
        bytes = 0;
      }
    }
    if (chunk.length > 0) yield chunk;
  }

  /** The position whose key is the smallest; null when all streams are at their end. */
  #lowest(): RowCursor | null {
    let lowest: RowCursor | null = null;
    for (const cursor of this.#cursors)
      if (cursor.hasRow && (lowest === null || compareKeys(cursor.key, lowest.key) < 0)) lowest = cursor;
    return lowest;
  }

  /** Whether every stream was read to its end. */
  get ended(): boolean {
    return this.#cursors.every((cursor) => cursor.ended);
  }

  /** Ends the streams, also when they were not read to their end. */
  async close(): Promise<void> {
    for (const cursor of this.#cursors) await cursor.close();
  }
}

/** The rows of one key as they come in. */
class KeyRows implements Rows {
  readonly first: RowBytes;
  /** All rows; not made where there is only one, as for nearly every key. */
  #list: RowBytes[] | undefined;
  #log: RowLog | undefined;
  bytes: number;
  count = 1;

  constructor(first: RowBytes) {
    this.first = first;
    this.bytes = first.end - first.start;
  }

  add(row: RowBytes): void {
    this.count += 1;
    this.bytes += row.end - row.start;
    if (this.#log !== undefined) {
      this.#log.add(row);
      return;
    }
    this.#list ??= [this.first];
    this.#list.push(row);
    if (this.bytes > MOST_BYTES_IN_MEMORY) {
      this.#log = new RowLog(MOST_BYTES_IN_MEMORY);
      for (const earlier of this.#list) this.#log.add(earlier);
      this.#list = undefined;
    }
  }

  [Symbol.iterator](): Iterator<RowBytes> {
    return (this.#log ?? this.#list ?? [this.first])[Symbol.iterator]();
  }

  close(): void {
    this.#log?.close();
  }
}

/** Frees what a group holds outside the memory. */
export function closeGroup(group: Group): void {
  for (const rows of group.rows) if (rows instanceof KeyRows) rows.close();
}

/** Keys as four numbers: so they are compared without becoming strings. */
const KEY_WORDS = 4;

function compareKeys(a: Uint32Array, b: Uint32Array): number {
  for (let word = 0; word < KEY_WORDS; word += 1) {
    const order = (a[word] as number) - (b[word] as number);
    if (order !== 0) return order;
  }
  return 0;
}

/** A key's sixteen bytes. */
function keyIn({ bytes, start }: RowBytes): string {
  return bytes.toString('latin1', start + KEY_AT, start + KEY_AT + KEY_BYTES);
}

/** A position in a stream of rows. */
class RowCursor {
  readonly #lists: AsyncIterator<RowBytes[]>;
  #rows: RowBytes[] = [];
  #at = 0;
  ended = false;
  hasRow = false;
  /** The key of the row; where there is none, of the last one, also when that was in another list. */
  readonly key = new Uint32Array(KEY_WORDS);
  row: RowBytes = NO_ROW;

  constructor(source: AsyncIterable<RowBytes[]>) {
    this.#lists = source[Symbol.asyncIterator]();
  }

  isAt(key: Uint32Array): boolean {
    return this.hasRow && compareKeys(this.key, key) === 0;
  }

  /** Goes to the next row of the list at hand; false at its end. */
  step(): boolean {
    const row = this.#rows[this.#at];
    this.hasRow = row !== undefined;
    if (row === undefined) return false;
    this.#at += 1;
    let order = 0;
    for (let word = 0; word < KEY_WORDS; word += 1) {
      const value = row.view.getUint32(row.start + KEY_AT + 4 * word);
      if (order === 0) order = value - (this.key[word] as number);
      this.key[word] = value;
    }
    if (order < 0)
      throw new Error(`rows came out of order: ${uuidText(keyIn(row))} after ${uuidText(keyIn(this.row))}`);
    this.row = row;
    return true;
  }

  /** Goes to the next row, fetching lists as needed; false at the end of the stream. */
  async advance(): Promise<boolean> {
    while (!this.ended) {
      if (this.step()) return true;
      const next = await this.#lists.next();
      if (next.done === true) this.ended = true;
      else {
        this.#rows = next.value;
        this.#at = 0;
      }
    }
    this.hasRow = false;
    return false;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#lists.return?.();
  }
}

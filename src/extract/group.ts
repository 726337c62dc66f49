import { FIELDS_AT } from '../copy-binary/framing.js';
import { RowLog } from '../copy-binary/row-log.js';
import { uuidBytes, uuidText } from '../keys/uuid.js';

/** The rows of one merge key, per source in the order of the phase's sources. */
export interface Group {
  /** Sixteen bytes. */
  readonly key: string;
  readonly rows: readonly Rows[];
}

/** Rows of one source and key: a list, or a RowLog where they are many. Can be read any number of times. */
export interface Rows extends Iterable<string> {
  readonly count: number;
}

/** Where the key is in a row: behind the number of fields and its own length. */
const KEY_AT = FIELDS_AT + 4;
const KEY_END = KEY_AT + 16;
/** Beyond this many bytes of one key and source, rows go to a RowLog that spills to disk. */
const MOST_BYTES_IN_MEMORY = 4 << 20;
/** Groups in a chunk: what goes through the transformer as one record. */
const CHUNK_GROUPS = 128;
const CHUNK_BYTES = 1 << 20;

const NO_ROWS: Rows = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

/** Merges streams of rows, each ordered by the key that is their first field, into groups in key order. */
export class Grouper {
  readonly #cursors: readonly RowCursor[];

  constructor(sources: readonly AsyncIterable<string[]>[]) {
    this.#cursors = sources.map((source) => new RowCursor(source));
  }

  /** The groups with keys below `end` (all that are left, when null), in chunks. Call again to go on behind it. */
  async *until(end: string | null): AsyncGenerator<Group[]> {
    const endKey = end === null ? null : uuidBytes(end);
    let chunk: Group[] = [];
    let bytes = 0;
    for (;;) {
      let key: string | null = null;
      for (const cursor of this.#cursors) {
        const next = cursor.key ?? (await cursor.advance());
        if (next !== null && (key === null || next < key)) key = next;
      }
      if (key === null || (endKey !== null && key >= endKey)) break;
      const rows: Rows[] = [];
      for (const cursor of this.#cursors) {
        if (cursor.key !== key) {
          rows.push(NO_ROWS);
          continue;
        }
        const collected = new KeyRows();
        while (cursor.key === key) {
          collected.add(cursor.row);
          if (!cursor.step()) await cursor.advance();
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
  #list: string[] = [];
  #log: RowLog | undefined;
  bytes = 0;
  count = 0;

  add(row: string): void {
    this.count += 1;
    this.bytes += row.length;
    if (this.#log !== undefined) {
      this.#log.add(row);
      return;
    }
    this.#list.push(row);
    if (this.bytes > MOST_BYTES_IN_MEMORY && this.count > 1) {
      this.#log = new RowLog(MOST_BYTES_IN_MEMORY);
      for (const earlier of this.#list) this.#log.add(earlier);
      this.#list = [];
    }
  }

  [Symbol.iterator](): Iterator<string> {
    return (this.#log ?? this.#list)[Symbol.iterator]();
  }

  close(): void {
    this.#log?.close();
  }
}

/** Frees what a group holds outside the memory. */
export function closeGroup(group: Group): void {
  for (const rows of group.rows) if (rows instanceof KeyRows) rows.close();
}

/** A position in a stream of rows. */
class RowCursor {
  readonly #lists: AsyncIterator<string[]>;
  #rows: string[] = [];
  #at = 0;
  /** The key of the row before, also when that was in another list. */
  #last = '';
  ended = false;
  key: string | null = null;
  row = '';

  constructor(source: AsyncIterable<string[]>) {
    this.#lists = source[Symbol.asyncIterator]();
  }

  /** Goes to the next row of the list at hand; false at its end. */
  step(): boolean {
    const row = this.#rows[this.#at];
    if (row === undefined) {
      this.key = null;
      return false;
    }
    this.#at += 1;
    this.row = row;
    const key = row.slice(KEY_AT, KEY_END);
    if (key < this.#last)
      throw new Error(`rows came out of order: ${uuidText(key)} after ${uuidText(this.#last)}`);
    this.#last = key;
    this.key = key;
    return true;
  }

  /** Goes to the next row, fetching lists as needed; gives its key, null at the end of the stream. */
  async advance(): Promise<string | null> {
    while (!this.ended) {
      if (this.step()) return this.key;
      const next = await this.#lists.next();
      if (next.done === true) this.ended = true;
      else {
        this.#rows = next.value;
        this.#at = 0;
      }
    }
    this.key = null;
    return null;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#lists.return?.();
  }
}

import { RowLog } from '../copy-text/row-log.js';

/** The rows of one merge key, per source in the order of the phase's sources. */
export interface Group {
  readonly key: string;
  readonly rows: readonly Rows[];
}

/** Rows of one source and key: a list, or a RowLog where they are many. Can be read any number of times. */
export interface Rows extends Iterable<string> {
  readonly count: number;
}

const KEY_LENGTH = 36;
/** Beyond this many bytes of one key and source, rows go to a RowLog that spills to disk. */
const MOST_BYTES_IN_MEMORY = 4 << 20;
/** Groups in a chunk: what goes through the transformer as one record. */
const CHUNK_GROUPS = 512;
const CHUNK_BYTES = 1 << 20;

const NO_ROWS: Rows = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

/** Merges streams of lines, each ordered by the key that begins the line, into groups in key order. */
export class Grouper {
  readonly #cursors: readonly LineCursor[];

  constructor(sources: readonly AsyncIterable<string[]>[]) {
    this.#cursors = sources.map((source) => new LineCursor(source));
  }

  /** The groups with keys below `end` (all that are left, when null), in chunks. Call again to go on behind it. */
  async *until(end: string | null): AsyncGenerator<Group[]> {
    let chunk: Group[] = [];
    let bytes = 0;
    for (;;) {
      let key: string | null = null;
      for (const cursor of this.#cursors) {
        const next = cursor.key ?? (await cursor.advance());
        if (next !== null && (key === null || next < key)) key = next;
      }
      if (key === null || (end !== null && key >= end)) break;
      const rows: Rows[] = [];
      for (const cursor of this.#cursors) {
        if (cursor.key !== key) {
          rows.push(NO_ROWS);
          continue;
        }
        const collected = new KeyRows();
        while (cursor.key === key) {
          collected.add(cursor.line);
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
  #lines: string[] = [];
  #log: RowLog | undefined;
  bytes = 0;
  count = 0;

  add(line: string): void {
    this.count += 1;
    this.bytes += line.length;
    if (this.#log !== undefined) {
      this.#log.add(line);
      return;
    }
    this.#lines.push(line);
    if (this.bytes > MOST_BYTES_IN_MEMORY && this.count > 1) {
      this.#log = new RowLog(MOST_BYTES_IN_MEMORY);
      for (const earlier of this.#lines) this.#log.add(earlier);
      this.#lines = [];
    }
  }

  [Symbol.iterator](): Iterator<string> {
    return (this.#log ?? this.#lines)[Symbol.iterator]();
  }

  close(): void {
    this.#log?.close();
  }
}

/** Frees what a group holds outside the memory. */
export function closeGroup(group: Group): void {
  for (const rows of group.rows) if (rows instanceof KeyRows) rows.close();
}

/** A position in a stream of lines. */
class LineCursor {
  readonly #lists: AsyncIterator<string[]>;
  #lines: string[] = [];
  #at = 0;
  /** The key of the line before, also when that was in another list. */
  #last = '';
  ended = false;
  key: string | null = null;
  line = '';

  constructor(source: AsyncIterable<string[]>) {
    this.#lists = source[Symbol.asyncIterator]();
  }

  /** Goes to the next line of the list at hand; false at its end. */
  step(): boolean {
    const line = this.#lines[this.#at];
    if (line === undefined) {
      this.key = null;
      return false;
    }
    this.#at += 1;
    this.line = line;
    const key = line.slice(0, KEY_LENGTH);
    if (key < this.#last) throw new Error(`rows came out of order: ${key} after ${this.#last}`);
    this.#last = key;
    this.key = key;
    return true;
  }

  /** Goes to the next line, fetching lists as needed; gives its key, null at the end of the stream. */
  async advance(): Promise<string | null> {
    while (!this.ended) {
      if (this.step()) return this.key;
      const next = await this.#lists.next();
      if (next.done === true) this.ended = true;
      else {
        this.#lines = next.value;
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

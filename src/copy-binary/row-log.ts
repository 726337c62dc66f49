import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowBytes } from './framing.js';
import { RowSplitter } from './row-splitter.js';

const CHUNK_BYTES = 1 << 18;

/**
 * Rows in the order in which they were added, to be read any number of times. Kept in memory up to a
 * limit and in a temporary file beyond it, so that neither a batch nor one key can fill the memory.
 * The file has no name while it is in use: whatever ends the process, nothing is left behind.
 *
 * Synchronous by design: it is a buffer, and only a key or batch of unusual size ever reaches the disk.
 */
export class RowLog {
  readonly #memoryLimit: number;
  /** What is being filled, and how far. */
  #chunk: Buffer | undefined;
  #filled = 0;
  #chunks: Buffer[] = [];
  #file: number | undefined;
  #bytes = 0;
  #rows = 0;

  constructor(memoryLimit: number) {
    this.#memoryLimit = memoryLimit;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no row has gone to the disk. */
  get isInMemory(): boolean {
    return this.#file === undefined;
  }

  /** Adds a copy of one row. */
  add({ bytes, start, end }: RowBytes): void {
    const length = end - start;
    this.#rows += 1;
    this.#bytes += length;
    if (this.#chunk === undefined || this.#filled + length > this.#chunk.length) {
      this.#flush();
      this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, length));
    }
    bytes.copy(this.#chunk, this.#filled, start, end);
    this.#filled += length;
  }

  /** The bytes of all rows, in chunks of whole rows (from a file: of any bytes). */
  *chunks(): Generator<Buffer> {
    this.#flush();
    if (this.#file === undefined) {
      yield* this.#chunks;
      return;
    }
    for (let position = 0; position < this.#bytes; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.#bytes - position));
      const read = readSync(this.#file, chunk, 0, chunk.length, position);
      if (read === 0) throw new Error('the temporary file of a batch is shorter than what was written to it');
      position += read;
      yield chunk.subarray(0, read);
    }
  }

  *[Symbol.iterator](): Generator<RowBytes> {
    const splitter = new RowSplitter('bare');
    for (const chunk of this.chunks()) yield* splitter.split(chunk);
  }

  /** Frees the memory and the file. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#chunk = undefined;
    this.#filled = 0;
    this.#chunks = [];
    this.#bytes = 0;
    this.#rows = 0;
  }

  #flush(): void {
    if (this.#chunk === undefined || this.#filled === 0) return;
    const chunk = this.#chunk.subarray(0, this.#filled);
    this.#chunk = undefined;
    this.#filled = 0;
    if (this.#file === undefined && this.#bytes > this.#memoryLimit) {
      this.#file = openNamelessFile();
      for (const earlier of this.#chunks) writeAll(this.#file, earlier);
      this.#chunks = [];
    }
    if (this.#file === undefined) this.#chunks.push(chunk);
    else writeAll(this.#file, chunk);
  }
}

function openNamelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-'));
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
}

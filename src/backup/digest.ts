import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** What went through a stream. */
export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
  /** Line feeds; in COPY's text form that is the number of rows, since those in values are escaped. */
  readonly lines: number;
}

const LINE_FEED = 0x0a;

/**
 * The longest row of a backup. A server holds a line several times over while it copies it in: an archive that somebody
 * made could take all of its memory. What is not restored is not backed up either.
 */
const MOST_LINE_BYTES = 512 << 20;

/** A line goes beyond what a backup may hold. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
  constructor() {
    super(`a row is longer than ${MOST_LINE_BYTES >> 20} MiB`);
  }
}

/** Lets everything through, and counts and hashes it. */
export class Digesting extends Transform {
  readonly #hash = createHash('sha256');
  readonly #countLines: boolean;
  #bytes = 0;
  #lines = 0;
  /** Where the line under way began. */
  #lineAt = 0;

  constructor(options: { readonly countLines: boolean }) {
    super();
    this.#countLines = options.countLines;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    const before = this.#bytes;
    this.#bytes += chunk.length;
    if (this.#countLines) {
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
        this.#lines += 1;
        this.#lineAt = before + at + 1;
      }
      // A line within a chunk is far shorter: only one that goes on can be too long.
      if (this.#bytes - this.#lineAt > MOST_LINE_BYTES) {
        done(new LineTooLongError());
        return;
      }
    }
    done(null, chunk);
  }

  /** Once, after the end. */
  result(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), lines: this.#lines };
  }
}

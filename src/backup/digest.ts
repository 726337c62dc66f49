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

/** Lets everything through, and counts and hashes it. */
export class Digesting extends Transform {
  readonly #hash = createHash('sha256');
  readonly #countLines: boolean;
  #bytes = 0;
  #lines = 0;

  constructor(options: { readonly countLines: boolean }) {
    super();
    this.#countLines = options.countLines;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#countLines) {
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1))
        this.#lines += 1;
    }
    done(null, chunk);
  }

  /** Once, after the end. */
  result(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), lines: this.#lines };
  }
}

import type { Sink } from './io.js';
import { displayWidth } from './render/text.js';

/** Fewer columns than this, and lines would be broken by the terminal, which nobody could draw over. */
const NARROWEST = 60;

/** Whether a picture can be drawn again in its place. */
export function canRedraw({ isTTY, stream }: Sink): boolean {
  return isTTY && process.env.TERM !== 'dumb' && stream.columns >= NARROWEST;
}

/**
 * Draws a picture again and again in one place of the terminal. It is written over line by line and never erased
 * first, so that it does not flicker; what does not fit on the screen is cut at its end. No mode of the terminal is
 * changed: a kill leaves it as it was.
 */
export class LivePicture {
  readonly #sink: Sink;
  #height = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Takes the picture off the screen; the next one is drawn where the cursor is then. */
  erase(): void {
    if (this.#height > 0) this.#sink.raw(`\x1b[${this.#height}A\r\x1b[J`);
    this.#height = 0;
  }

  draw(lines: readonly string[]): void {
    const { rows, columns } = this.#sink.stream;
    const room = Math.max(5, rows - 1);
    const fitting = lines.filter((line) => displayWidth(line) <= columns || columns < NARROWEST);
    const shown =
      fitting.length <= room
        ? fitting
        : [...fitting.slice(0, room - 1), `  … ${fitting.length - room + 1} more lines`];
    const up = this.#height > 0 ? `\x1b[${this.#height}A` : '';
    // After a line that is as wide as the screen the cursor still stands on its last column, and would erase that.
    const cleared = shown.map((line) => (displayWidth(line) < columns ? `${line}\x1b[K` : line));
    this.#sink.raw(`${up}\r${cleared.join('\n')}\n\x1b[J`);
    this.#height = shown.length;
  }
}

import { type Memory, viewOf } from './framing.js';

/** Longer values are not remembered: they hardly repeat. */
const LONGEST = 16;
/** Nor are longer results. */
const LONGEST_RESULT = 24;
/** Enough for words and for scores of two digits, and few enough to stay near the processor. */
const SLOTS = 1 << 10;

/** Per slot the length of the value and one more, which is never 0 as in an empty slot, and its four words. */
const KEY_WORDS = 5;

/**
 * Remembers what bytes became, for values of few bytes: words and small numbers repeat. Each value has one slot, by
 * its hash, and takes it from the one before; so the memory is bounded, and neither a look nor an entry makes an object.
 */
export class ShortMemo implements Memory {
  /** The results, each at its slot's place. */
  readonly bytes = Buffer.alloc(SLOTS * LONGEST_RESULT);
  readonly view = viewOf(this.bytes);
  /** Where the result is, and what was kept with it, when `find` found one. */
  from = 0;
  to = 0;
  flags = 0;
  readonly #keys = new Int32Array(SLOTS * KEY_WORDS);
  readonly #lengths = new Int8Array(SLOTS);
  readonly #flags = new Uint8Array(SLOTS);
  /** The value that was looked for last, and its slot. */
  readonly #wanted = new Int32Array(KEY_WORDS);
  #slot = 0;

  static fits(length: number): boolean {
    return length <= LONGEST;
  }

  /** Looks for a value that fits. */
  find(view: DataView, from: number, to: number): boolean {
    const length = to - from;
    const first = length >= 4 ? view.getInt32(from) : tail(view, from, to);
    const second = length >= 8 ? view.getInt32(from + 4) : tail(view, from + 4, to);
    const third = length >= 12 ? view.getInt32(from + 8) : tail(view, from + 8, to);
    const fourth = length >= 16 ? view.getInt32(from + 12) : tail(view, from + 12, to);
    const mixed = Math.imul(first ^ Math.imul(second, 0x85ebca6b), 0x9e3779b1);
    const hash = Math.imul(mixed ^ (mixed >>> 15) ^ third ^ Math.imul(fourth, 0xc2b2ae35), 0x27d4eb2f);
    const slot = (hash ^ (hash >>> 15) ^ length) & (SLOTS - 1);
    const keys = this.#keys;
    const key = slot * KEY_WORDS;
    if (
      keys[key] === length + 1 &&
      keys[key + 1] === first &&
      keys[key + 2] === second &&
      keys[key + 3] === third &&
      keys[key + 4] === fourth
    ) {
      this.from = slot * LONGEST_RESULT;
      this.to = this.from + (this.#lengths[slot] as number);
      this.flags = this.#flags[slot] as number;
      return true;
    }
    const wanted = this.#wanted;
    wanted[0] = length + 1;
    wanted[1] = first;
    wanted[2] = second;
    wanted[3] = third;
    wanted[4] = fourth;
    this.#slot = slot;
    return false;
  }

  /** Remembers the result of the value that was looked for last; not when it is long. */
  keep(result: Buffer, length: number, flags: number): void {
    if (length > LONGEST_RESULT) return;
    this.#keys.set(this.#wanted, this.#slot * KEY_WORDS);
    result.copy(this.bytes, this.#slot * LONGEST_RESULT, 0, length);
    this.#lengths[this.#slot] = length;
    this.#flags[this.#slot] = flags;
  }
}

/** The last bytes of a value as a number, of which there are less than four; 0 for none. */
function tail(view: DataView, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = (value << 8) | view.getUint8(at);
  return value;
}

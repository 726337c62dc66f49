import { type Decoder, printerOf, type WireType } from '../copy-binary/decode.js';
import type { Encoder } from '../copy-binary/encode.js';
import { LENGTH_BYTES, type Memory } from '../copy-binary/framing.js';
import { SCORE_DIGITS, SCORE_WIDTH, scoreLength } from '../copy-binary/numeric.js';
import { RowWriter } from '../copy-binary/row-writer.js';
import { ShortMemo } from '../copy-binary/short-memo.js';
import { encode, NULL } from '../copy-binary/values.js';
import type { Conversion } from '../mapping/mapping.js';
import type { Row } from './row.js';

/** What is remembered of a short value, beside the bytes that it became. */
const HAS_GOLDEN = 1;
const IS_EXACT = 2;
const IS_NONE = 4;

interface ContributorParts {
  readonly source: number;
  readonly field: number;
  readonly type: WireType;
  /** The column's key in the residue. */
  readonly label: string;
  readonly conversion: Conversion;
  /** Writes golden values. */
  readonly encode: Encoder;
  readonly framed: boolean;
  readonly keepsOwn: boolean;
  /** The field of another column of the row, by its name. */
  fieldOf(column: string): number;
}

/** The contributor that a row's value has instead, by another column of it. */
type Chooser = (row: Row) => Contributor | undefined;

function chooserOf(parts: ContributorParts): Chooser | null {
  const { chosen } = parts.conversion;
  if (chosen === undefined) return null;
  const field = parts.fieldOf(chosen.column);
  if (field < 0) throw new Error(`${chosen.column} is not read`);
  const branches = new Map(
    [...chosen.by].map(([word, conversion]) => [word, new Contributor({ ...parts, conversion })]),
  );
  return (row) => branches.get(chosen.read(row.value(field)));
}

/**
 * A legacy column that goes into a golden column, or into a member of one. Finds the bytes that a row's value
 * becomes: those that were sent, where the conversion lets them pass, else what was made of an equal value before.
 * The conversion itself, which wants strings, is asked for the rest.
 */
export class Contributor {
  readonly source: number;
  /** The column's key in the residue, in quotes. */
  readonly label: string;
  /** Whether the value has a column of its own, too: then the golden value need not give it back. */
  readonly keepsOwn: boolean;
  readonly #field: number;
  readonly #print: Decoder | null;
  readonly #conversion: Conversion;
  readonly #encode: Encoder;
  /** Whether golden bytes are a field, with its length. */
  readonly #framed: boolean;
  readonly #memo = new ShortMemo();
  readonly #made = new RowWriter();
  readonly #chosen: Chooser | null;

  /** What `look` found: whether the value is given back without a golden one, and whether the golden one gives it back. */
  isNone = true;
  isExact = false;
  /** Where the golden value's bytes are. */
  memory: Memory = this.#made;
  from = 0;
  to = 0;

  constructor(parts: ContributorParts) {
    this.source = parts.source;
    this.label = JSON.stringify(encode(parts.label));
    this.keepsOwn = parts.keepsOwn;
    this.#field = parts.field;
    this.#print = printerOf(parts.type);
    this.#conversion = parts.conversion;
    this.#encode = parts.encode;
    this.#framed = parts.framed;
    this.#chosen = chooserOf(parts);
  }

  /** Looks at a row's value; gives whether it has a golden one. */
  look(row: Row): boolean {
    const branch = this.#chosen?.(row);
    if (branch !== undefined) {
      const hasGolden = branch.look(row);
      this.isNone = branch.isNone;
      this.isExact = branch.isExact;
      return hasGolden && this.#found(branch.memory, branch.from, branch.to);
    }
    const at = row.places[this.#field] as number;
    const length = row.view.getInt32(at);
    if (length < 0) {
      this.isNone = this.#conversion.none?.(NULL) ?? true;
      return false;
    }
    this.isNone = false;
    const from = at + LENGTH_BYTES;
    const to = from + length;
    if (this.#framed) {
      if (this.#conversion.passes?.(row, from, to) === true) {
        this.isExact = true;
        return this.#found(row, at, to);
      }
    } else {
      const points = this.#conversion.points?.(row, from, to) ?? -1;
      if (points >= 0) {
        this.isExact = true;
        return this.#found(SCORE_DIGITS, SCORE_WIDTH * points, SCORE_WIDTH * points + scoreLength(points));
      }
    }
    const memo = this.#memo;
    const isShort = ShortMemo.fits(length);
    if (isShort && memo.find(row.view, from, to)) {
      this.isExact = (memo.flags & IS_EXACT) !== 0;
      this.isNone = (memo.flags & IS_NONE) !== 0;
      return (memo.flags & HAS_GOLDEN) !== 0 && this.#found(memo, memo.from, memo.to);
    }
    const hasGolden = this.#convert(this.value(row));
    if (isShort) {
      const flags =
        (hasGolden ? HAS_GOLDEN : 0) | (this.isExact ? IS_EXACT : 0) | (this.isNone ? IS_NONE : 0);
      memo.keep(this.#made.bytes, this.#made.end, flags);
    }
    return hasGolden && this.#found(this.#made, 0, this.#made.end);
  }

  /** The row's value as it is printed: so a rule and the residue read it. */
  value(row: Row): string {
    if (this.#print === null) return row.value(this.#field);
    const sent = row.sent(this.#field);
    return sent === NULL ? NULL : this.#print(sent);
  }

  #found(memory: Memory, from: number, to: number): true {
    this.memory = memory;
    this.from = from;
    this.to = to;
    return true;
  }

  #convert(value: string): boolean {
    this.#made.clear();
    const golden = value === NULL ? null : this.#conversion.forward(value);
    this.isExact = golden !== null && this.#conversion.exact(value);
    this.isNone = golden === null && this.#conversion.none?.(value) === true;
    if (golden !== null) this.#encode(golden, this.#made);
    return golden !== null;
  }
}

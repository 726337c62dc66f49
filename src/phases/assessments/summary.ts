import { NULL } from '../../copy-binary/values.js';
import { compareText } from '../../transform/dedupe.js';
import { compareLatestFirst } from '../../transform/timestamps.js';

/**
 * What an assessment says at a glance about rows that are kept whole elsewhere. Evidence that is long is left to
 * the record that holds it, and so are the names beyond the first thousand: memory stays bounded.
 */

const MOST_EVIDENCE_BYTES = 1 << 14;
const MOST_NAMES = 1_000;
const CONFIDENCE_PLACES = 4;

/** The newest value per name; of many names the first thousand in byte order, whatever order the rows come in. */
export class NewestByName {
  readonly #newest = new Map<
    string,
    { readonly value: string; readonly time: string; readonly id: string }
  >();
  /** Names from here on were dropped. */
  #end: string | null = null;

  enter(name: string, value: string, time: string, id: string): void {
    if (this.#end !== null && compareText(name, this.#end) >= 0) return;
    const known = this.#newest.get(name);
    if (known !== undefined && (compareLatestFirst(time, known.time) || compareText(id, known.id)) >= 0)
      return;
    this.#newest.set(name, { value: value.length > MOST_EVIDENCE_BYTES ? NULL : value, time, id });
    if (this.#newest.size > 2 * MOST_NAMES) this.#dropBeyond();
  }

  /** A jsonb array of the names, in byte order; NULL when there are none. */
  names(): string {
    if (this.#newest.size === 0) return NULL;
    let text = '';
    for (const [name] of this.#sorted()) text += `${text === '' ? '[' : ', '}${quoted(name)}`;
    return `${text}]`;
  }

  /** A jsonb object of the values, each printed by `json`; NULL when there are none. */
  object(json: (value: string) => string): string {
    let text = '';
    for (const [name, { value }] of this.#sorted())
      if (value !== NULL) text += `${text === '' ? '{' : ', '}${quoted(name)}: ${json(value)}`;
    return text === '' ? NULL : `${text}}`;
  }

  #sorted() {
    const all = [...this.#newest];
    if (all.length > 1) all.sort(([a], [b]) => compareText(a, b));
    return all.length > MOST_NAMES ? all.slice(0, MOST_NAMES) : all;
  }

  #dropBeyond(): void {
    const names = [...this.#newest.keys()].sort(compareText);
    this.#end = names[MOST_NAMES] ?? null;
    for (const name of names.slice(MOST_NAMES)) this.#newest.delete(name);
  }
}

/** Names are few, and come again with every opportunity; long ones are not remembered. */
const LONGEST_NAME = 64;
const quotedNames = new Map<string, string>();

function quoted(name: string): string {
  if (name.length > LONGEST_NAME) return JSON.stringify(name);
  let text = quotedNames.get(name);
  if (text === undefined) {
    text = JSON.stringify(name);
    if (quotedNames.size >= MOST_NAMES) quotedNames.clear();
    quotedNames.set(name, text);
  }
  return text;
}

/** A number as JSON prints it; what is none (NaN, Infinity) as a string. */
export function jsonNumber(value: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}

const EXPONENT = /\d[eE]/;
const JSON_STRINGS = /"(?:[^"\\]|\\.)*"/gs;

/** JSON as it stands where jsonb surely takes it, any other text as a JSON string. */
export function jsonEvidence(text: string): string {
  // jsonb refuses \u0000, lone surrogates and numbers beyond its range, all of which JSON allows.
  const doubtful =
    /\\u(?:0000|d[89a-f])/i.test(text) ||
    (EXPONENT.test(text) && EXPONENT.test(text.replace(JSON_STRINGS, '')));
  return !doubtful && isJson(text) ? text : JSON.stringify(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The mean of decimals, exact until it is rounded half up at the end. */
export class DecimalMean {
  /** Of values with four places at most, in ten-thousandths: nearly all of them, and exact below 2^53. */
  #short = 0;
  /** Of the others, in parts of 10^12. */
  #sum = 0n;
  #count = 0n;

  enter(value: string): void {
    const short = tenThousandths(value);
    if (short >= 0 && this.#short < MOST_SHORT) {
      this.#short += short;
      this.#count += 1n;
      return;
    }
    const parts = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(value);
    if (parts === null) return;
    this.#sum += BigInt((parts[1] ?? '') + (parts[2] ?? '').padEnd(12, '0'));
    this.#count += 1n;
  }

  /** A value for numeric(5,4); NULL without values, or when the mean is 10 or more. */
  value(): string {
    if (this.#count === 0n) return NULL;
    const unit = 10n ** BigInt(12 - CONFIDENCE_PLACES) * this.#count;
    const sum = this.#sum + BigInt(this.#short) * 10n ** 8n;
    const rounded = String((2n * sum + unit) / (2n * unit)).padStart(CONFIDENCE_PLACES + 1, '0');
    if (rounded.length > CONFIDENCE_PLACES + 1) return NULL;
    return `${rounded.slice(0, -CONFIDENCE_PLACES)}.${rounded.slice(-CONFIDENCE_PLACES)}`;
  }
}

const MOST_SHORT = 2 ** 52;
const POINT = 0x2e;
const ZERO = 0x30;

/** The ten-thousandths of a decimal below 10 with four places at most, like `0.8125`; -1 for any other text. */
function tenThousandths(text: string): number {
  const { length } = text;
  if (length === 0 || length > 6 || (length > 1 && text.charCodeAt(1) !== POINT) || length === 2) return -1;
  let value = 0;
  for (let at = 0; at < 6; at += 1) {
    if (at === 1) continue;
    const digit = at < length ? text.charCodeAt(at) - ZERO : 0;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

import { NULL } from '../../copy-binary/values.js';
import { compareText } from '../../transform/dedupe.js';
import { compareLatestFirst } from '../../transform/timestamps.js';
import { isPlainJson } from './plain-json.js';

/**
 * What an assessment says at a glance about rows that are kept whole elsewhere. Evidence that is long is left to
 * the record that holds it, and so are the names beyond the first thousand: memory stays bounded.
 */

const MOST_EVIDENCE_BYTES = 1 << 14;
const MOST_NAMES = 1_000;
const CONFIDENCE_PLACES = 4;

interface Named {
  readonly name: string;
  value: string;
  time: string;
  id: string;
}

/** The newest value per name; of many names the first thousand in byte order, whatever order the rows come in. */
export class NewestByName {
  /** In the order of their names. */
  #all: Named[] = [];

  clear(): void {
    if (this.#all.length > 0) this.#all = [];
  }

  /** Of two rows with one name and one time, the smaller id counts. Neither matters where there is one row only. */
  enter(name: string, value: string, time: string, id: string): void {
    const all = this.#all;
    const place = this.#placeOf(name);
    const known = all[place];
    const isNew = known?.name !== name;
    if (isNew && place >= MOST_NAMES) return;
    if (!isNew && (compareLatestFirst(time, known.time) || compareText(id, known.id)) >= 0) return;
    const kept = value.length > MOST_EVIDENCE_BYTES ? NULL : value;
    if (!isNew) {
      known.value = kept;
      known.time = time;
      known.id = id;
      return;
    }
    if (place === all.length) all.push({ name, value: kept, time, id });
    else all.splice(place, 0, { name, value: kept, time, id });
    if (all.length > MOST_NAMES) all.pop();
  }

  /** A jsonb array of the names, in byte order; NULL when there are none. */
  names(): string {
    if (this.#all.length === 0) return NULL;
    let text = '';
    for (const { name } of this.#all) text += `${text === '' ? '[' : ', '}${quoted(name)}`;
    return `${text}]`;
  }

  /** A jsonb object of the values, each printed by `json`; NULL when there are none. */
  object(json: (value: string) => string): string {
    let text = '';
    for (const { name, value } of this.#all)
      if (value !== NULL) text += `${text === '' ? '{' : ', '}${quoted(name)}: ${json(value)}`;
    return text === '' ? NULL : `${text}}`;
  }

  /** Where the name is, or belongs. */
  #placeOf(name: string): number {
    let [from, to] = [0, this.#all.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#all[middle] as Named).name < name) from = middle + 1;
      else to = middle;
    }
    return from;
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
  if (isPlainJson(text)) return text;
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
  #count = 0;

  clear(): void {
    this.#short = 0;
    this.#sum = 0n;
    this.#count = 0;
  }

  enter(value: string): void {
    const short = tenThousandths(value);
    if (short >= 0 && this.#short < MOST_SHORT) {
      this.#short += short;
      this.#count += 1;
      return;
    }
    const parts = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(value);
    if (parts === null) return;
    this.#sum += BigInt((parts[1] ?? '') + (parts[2] ?? '').padEnd(12, '0'));
    this.#count += 1;
  }

  /** A value for numeric(5,4); NULL without values, or when the mean is 10 or more. */
  value(): string {
    if (this.#count === 0) return NULL;
    const rounded = this.#rounded().padStart(CONFIDENCE_PLACES + 1, '0');
    if (rounded.length > CONFIDENCE_PLACES + 1) return NULL;
    return `${rounded.slice(0, -CONFIDENCE_PLACES)}.${rounded.slice(-CONFIDENCE_PLACES)}`;
  }

  /** In ten-thousandths. */
  #rounded(): string {
    const [short, count] = [this.#short, this.#count];
    // Below it, nothing is lost by a division.
    if (this.#sum === 0n && short < MOST_DIVIDED)
      return String(Math.floor((2 * short + count) / (2 * count)));
    const unit = 10n ** BigInt(12 - CONFIDENCE_PLACES) * BigInt(count);
    const sum = this.#sum + BigInt(short) * 10n ** 8n;
    return String((2n * sum + unit) / (2n * unit));
  }
}

const MOST_SHORT = 2 ** 52;
const MOST_DIVIDED = 2 ** 50;
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

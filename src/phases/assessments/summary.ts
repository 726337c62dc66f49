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
    const names = this.#sorted().map(([name]) => JSON.stringify(name));
    return `[${names.join(', ')}]`;
  }

  /** A jsonb object of the values, each printed by `json`; NULL when there are none. */
  object(json: (value: string) => string): string {
    const members = this.#sorted().flatMap(([name, { value }]) =>
      value === NULL ? [] : [`${JSON.stringify(name)}: ${json(value)}`],
    );
    return members.length === 0 ? NULL : `{${members.join(', ')}}`;
  }

  #sorted() {
    return [...this.#newest].sort(([a], [b]) => compareText(a, b)).slice(0, MOST_NAMES);
  }

  #dropBeyond(): void {
    const names = [...this.#newest.keys()].sort(compareText);
    this.#end = names[MOST_NAMES] ?? null;
    for (const name of names.slice(MOST_NAMES)) this.#newest.delete(name);
  }
}

/** A number as JSON prints it; what is none (NaN, Infinity) as a string. */
export function jsonNumber(value: string): string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}

const JSON_STRINGS = /"(?:[^"\\]|\\.)*"/gs;

/** JSON as it stands where jsonb surely takes it, any other text as a JSON string. */
export function jsonEvidence(text: string): string {
  // jsonb refuses \u0000, lone surrogates and numbers beyond its range, all of which JSON allows.
  const doubtful = /\\u(?:0000|d[89a-f])/i.test(text) || /\d[eE]/.test(text.replace(JSON_STRINGS, ''));
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
  #sum = 0n;
  #count = 0n;

  enter(value: string): void {
    const parts = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(value);
    if (parts === null) return;
    this.#sum += BigInt((parts[1] ?? '') + (parts[2] ?? '').padEnd(12, '0'));
    this.#count += 1n;
  }

  /** A value for numeric(5,4); NULL without values, or when the mean is 10 or more. */
  value(): string {
    if (this.#count === 0n) return NULL;
    const unit = 10n ** BigInt(12 - CONFIDENCE_PLACES) * this.#count;
    const rounded = String((2n * this.#sum + unit) / (2n * unit)).padStart(CONFIDENCE_PLACES + 1, '0');
    if (rounded.length > CONFIDENCE_PLACES + 1) return NULL;
    return `${rounded.slice(0, -CONFIDENCE_PLACES)}.${rounded.slice(-CONFIDENCE_PLACES)}`;
  }
}

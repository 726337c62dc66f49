import { NULL } from '../copy-binary/values.js';
import { compareText } from '../transform/dedupe.js';
import { compareLatestFirst } from '../transform/timestamps.js';

/**
 * What a unified row says at a glance about rows that are kept whole elsewhere. A value that is long is left to the row that
 * holds it, and so are the names beyond the first thousand: memory stays bounded.
 */

const MOST_VALUE_BYTES = 1 << 14;
const MOST_NAMES = 1_000;

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
    const kept = value.length > MOST_VALUE_BYTES ? NULL : value;
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

/** Names are few, and come again with every thing; long ones are not remembered. */
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

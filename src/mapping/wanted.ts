import type { KeyRange } from '../keys/key-range.js';
import { mayBeKeyedBetween } from '../keys/raw-id.js';

/** Which few legacy rows a selective query is to give: see `selective.ts`. All members make SQL. */
export interface Wanted {
  /** Whether an expression of type uuid is that of a wanted key; an index on it serves. */
  hasUuid(expression: string): string;
  /** A query for the places of the rows themselves, where these are chosen in another way than by what they name. */
  readonly places: string | null;
  /** Where rows are chosen by what they name: ids cannot be listed, each of a table has to be looked at. */
  readonly scan: {
    /** Whether an unknown id may be wanted, told from `hashOfUnknown` of it. */
    mayBeUnknown(hash: string): string;
    /** Whether a text in lower case is that of a wanted uuid, if it is one of a uuid. */
    mayBeUuid(text: string): string;
  } | null;
  /** Whether a row is wanted after all, by its merge key. */
  condition(key: string): string;
}

/** Rows with a merge key of a range. */
export function wantedRange(range: KeyRange): Wanted {
  const condition = (key: string) => `(${range.condition(key)})`;
  return {
    hasUuid: condition,
    places: null,
    scan: {
      mayBeUnknown: (hash) => mayBeKeyedBetween(hash, range.from, range.to),
      mayBeUuid: (text) => `(${range.condition(text, 'text')})`,
    },
    condition,
  };
}

/** Rows per block of a sample; one alone may be gone. */
const PER_BLOCK = 3;

/**
 * A few rows of every so-many-th block of a table. Blocks that are chosen at random leave gaps where rows lie in the
 * order of their keys, as those with uuids of version 7 do; and whole blocks would be many rows of few keys then.
 */
export function wantedSample(blocks: number, step: number): Wanted {
  const nothing = () => 'false';
  return {
    hasUuid: nothing,
    places: `select ('(' || b || ',' || i || ')')::tid from generate_series(0, ${blocks - 1}, ${step}) b, generate_series(1, ${PER_BLOCK}) i`,
    scan: null,
    condition: () => 'true',
  };
}

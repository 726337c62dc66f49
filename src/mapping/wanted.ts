import type { KeyRange } from '../keys/key-range.js';
import { bareId, mayBeKeyedBetween, rawText, textsOf } from '../keys/raw-id.js';

/** Which few legacy rows a selective query is to give: see `selective.ts`. All members make SQL. */
export interface Wanted {
  /** Whether a column of type uuid names a wanted one; made so that an index on the column serves it. */
  hasUuid(column: string): string;
  /** The same for any expression: never a list that is gone through row by row. */
  isUuid(expression: string): string;
  /** A query for bare ids of which rows are wanted, beside those of wanted submissions; null when there are none. */
  readonly bareIds: string | null;
  /** A query for texts that spell wanted uuids, and those that a query gives; null when `scan` finds them. */
  textsOfUuids(others: string): string | null;
  /** A query for the places of the rows themselves, where these are chosen in another way than by what they name. */
  readonly places: string | null;
  /** Only where ids cannot be listed, and each of a table has to be looked at. */
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
    isUuid: condition,
    bareIds: null,
    textsOfUuids: () => null,
    places: null,
    scan: {
      mayBeUnknown: (hash) => mayBeKeyedBetween(hash, range.from, range.to),
      mayBeUuid: (text) => `(${range.condition(text, 'text')})`,
    },
    condition,
  };
}

/**
 * Rows with one of the merge keys that a table holds.
 *
 * @param table qualified; its columns are `key uuid` and `raw_id text`, both may be null
 */
export function wantedKeys(table: string): Wanted {
  const keys = keysIn(table);
  return { ...wantedNames(table), condition: (key) => `${key} in (${keys})` };
}

/**
 * Rows that name something in a table: as the submission or opportunity that they belong to, by uuid (`key`) or in
 * any spelling of a raw id (`raw_id`), or as themselves, by their own id.
 */
export function wantedNames(table: string): Wanted {
  const keys = keysIn(table);
  return {
    hasUuid: (column) => `${column} = any (array(${keys}))`,
    isUuid: (expression) => `${expression} in (${keys})`,
    bareIds: `select ${bareId(rawText('w.raw_id'))} from ${table} w where w.raw_id is not null`,
    textsOfUuids: (others) => textsOf(`${keys} union all ${others}`),
    places: null,
    scan: null,
    condition: () => 'true',
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
    isUuid: nothing,
    bareIds: null,
    textsOfUuids: () => null,
    places: `select ('(' || b || ',' || i || ')')::tid from generate_series(0, ${blocks - 1}, ${step}) b, generate_series(1, ${PER_BLOCK}) i`,
    scan: null,
    condition: () => 'true',
  };
}

function keysIn(table: string): string {
  return `select w.key from ${table} w where w.key is not null`;
}

/** A temporary table for {@link wantedKeys} and {@link wantedNames}, which ends with the transaction. */
export function wantedTableStatement(name: string): string {
  return `create temp table ${name} (key uuid, raw_id text) on commit drop`;
}

/** Puts keys and raw ids, given as two arrays of one length, into such a table. */
export function wantStatement(table: string): string {
  return `insert into ${table} (key, raw_id) select * from unnest($1::uuid[], $2::text[])`;
}

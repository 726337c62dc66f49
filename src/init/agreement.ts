import { fold, loosened } from './folds.js';
import { type Form, TRUTHS } from './forms.js';
import type { RowPair, SeenRow } from './matched-rows.js';
import type { ColumnProfile } from './profile.js';
import { type Ratio, ratioOf } from './ratio.js';
import { type Contingency, contingencyOf } from './vocabulary.js';

/** How far two columns hold the same, in rows that are taken for one thing. */
export interface Agreement {
  readonly left: ColumnProfile;
  readonly right: ColumnProfile;
  /** Pairs of rows in which both have a value. */
  readonly both: number;
  /** Those in which the values are equal, letters and digits alone. */
  readonly equal: number;
  /** The share of these that would be equal between rows that have nothing to do with each other. */
  readonly chance: number;
  /** What is beyond chance, of 0 to 1. */
  readonly support: number;
  /** Of numbers: by which factor they differ. */
  readonly ratio: Ratio | null;
  /** Of words: which of them go together. */
  readonly words: Contingency | null;
}

/** Fewer pairs than this say nothing. */
export const LEAST_PAIRS = 5;

/** What two columns have in common beyond chance. */
export type Support = Pick<Agreement, 'left' | 'right' | 'both' | 'equal' | 'chance' | 'support'>;

/** Compares two columns over pairs of rows. */
export function agreementOf(left: ColumnProfile, right: ColumnProfile, pairs: readonly RowPair[]): Agreement {
  return {
    ...supportOf(left, right, pairs),
    ratio: ratioOf(left, right, pairs),
    words: contingencyOf(left, right, pairs),
  };
}

/** The same, by what is equal alone. */
export function supportOf(left: ColumnProfile, right: ColumnProfile, pairs: readonly RowPair[]): Support {
  const way = wayToCompare(left.form, right.form);
  const values: [string, string][] = [];
  for (const pair of pairs) {
    const a = readAs(way, pair.left, left);
    const b = a === null ? null : readAs(way, pair.right, right);
    if (a !== null && b !== null) values.push([a, b]);
  }
  const both = values.length;
  const equal = values.filter(([a, b]) => a === b).length;
  const chance = chanceOf(values);
  const share = both === 0 ? 0 : equal / both;
  const support = both === 0 || chance >= 1 ? 0 : Math.max(0, (share - chance) / (1 - chance));
  return { left, right, both, equal, chance, support };
}

/** How often two values would be equal if they were drawn from the columns by themselves. */
function chanceOf(values: readonly (readonly [string, string])[]): number {
  const counts = (at: 0 | 1) => {
    const found = new Map<string, number>();
    for (const pair of values) found.set(pair[at], (found.get(pair[at]) ?? 0) + 1);
    return found;
  };
  const [left, right] = [counts(0), counts(1)];
  let met = 0;
  for (const [value, count] of left) met += count * (right.get(value) ?? 0);
  return values.length === 0 ? 0 : met / values.length ** 2;
}

/** How the values of two columns are read to be compared. */
type Way = 'number' | 'truth' | 'day' | 'text';

function wayToCompare(a: Form, b: Form): Way {
  const forms = [a, b];
  if (forms.every((form) => form === 'whole' || form === 'decimal')) return 'number';
  if (forms.includes('boolean')) return 'truth';
  return forms.includes('moment') ? 'day' : 'text';
}

/** What was read of a row already: a value is compared with those of many columns. */
const known = new WeakMap<SeenRow, Map<string, string | null>>();

function readAs(way: Way, row: SeenRow, { name, form }: ColumnProfile): string | null {
  const read = known.get(row) ?? new Map<string, string | null>();
  if (read.size === 0) known.set(row, read);
  const id = `${way} ${name}`;
  const before = read.get(id);
  if (before !== undefined) return before;
  const value = row.get(name) ?? '';
  const found = value.trim() === '' ? null : WAYS[way](value, form);
  read.set(id, found);
  return found;
}

const WAYS: Readonly<Record<Way, (value: string, form: Form) => string | null>> = {
  number: numberOf,
  truth: (value) => TRUTHS.get(value.trim().toLowerCase())?.toString() ?? null,
  day: dayOf,
  text: (value, form) => loosened(fold(value, form)) || null,
};

/** Two moments are the same when they are so to the day: one of them may have no time, or be the seconds since 1970. */
function dayOf(value: string, form: Form): string | null {
  if (form !== 'whole') return value.trim().slice(0, 'YYYY-MM-DD'.length);
  const moment = new Date(Number(value) * (value.length > 11 ? 1 : 1_000));
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

function numberOf(value: string): string | null {
  const number = Number(value);
  return Number.isFinite(number) ? String(number) : null;
}

import { LEAST_PAIRS, type Support, supportOf } from './agreement.js';
import { PROPERTIES } from './concepts.js';
import { fold } from './folds.js';
import { type Form, mayMeet } from './forms.js';
import type { Group, RowPair, SeenRow, Side } from './matched-rows.js';
import { isCounted, type Meeting } from './meetings.js';
import { isAlike, kinship, meaningOf, wordsOf } from './names.js';
import { type Apart, partedBy } from './parted.js';
import type { ColumnProfile } from './profile.js';
import type { ProviderWord } from './providers.js';
import type { ValueSample } from './value-sample.js';

/** A way in which rows of two tables may be found to be one thing. */
export interface Link {
  readonly kind: 'same' | 'via';
  /** Of `via`: the column that points. */
  readonly left: ColumnProfile;
  /** Of `via`: the identity that is pointed to. */
  readonly right: ColumnProfile;
  readonly meeting: Meeting;
  /** Whether a foreign key says so. */
  readonly declared: boolean;
  /** Without it one value is several things: numbers that are given per tenant. */
  readonly apart: Apart | null;
  /** Only rows count whose column says this of the other table. */
  readonly word: ProviderWord | null;
  /** Rows of the two tables that meet. */
  readonly pairs: readonly RowPair[];
  /** How well other columns of these rows agree, of 0 to 1. */
  readonly backing: number;
  /** The columns that agree best. */
  readonly backed: Support | null;
  /** Whether it may be proposed without a question mark. */
  readonly sure: boolean;
  /** Whether it may only serve to compare columns: a text that happens to be nearly unique is no identity. */
  readonly weak: boolean;
  readonly score: number;
}

const WELL_BACKED = 0.2;
const LEAST_SHARE = 0.15;
const MOST_REPEATED = 0.4;

/**
 * Judges one meeting by the rows that it brings together: where they have nothing else in common, the values only happen to
 * be the same.
 *
 * @returns null where it is chance
 */
export function judgeMeeting(
  meeting: Meeting,
  sides: { readonly left: Side; readonly right: Side },
  groups: readonly Group[],
): Link | null {
  const pointer = pointerIn(meeting, sides);
  const apart = partedBy(groups, sides);
  const pairs = pairsOf(groups, apart);
  const agreements = compareOthers(sides, pairs, meeting).sort((a, b) => b.support - a.support);
  const backed = agreements.find(({ both }) => both >= LEAST_PAIRS) ?? null;
  const backing = backed?.support ?? 0;
  const { left, right } = meeting;
  // What many rows of both have is a property of things: a city, a category.
  if (pointer === null && apart === null && Math.min(left.repeated, right.repeated) > MOST_REPEATED)
    return null;
  const alike = isAlike(kinship(nameOf(left.column), nameOf(right.column)));
  const base = { meeting, apart, word: null, pairs, backing, backed };
  if (pointer !== null) {
    const { from, to, declared, named } = pointer;
    const isCountedBoth = isCounted(left) && isCounted(right);
    if (!declared && isCountedBoth && !named) return null;
    const sure = declared || backing >= WELL_BACKED;
    const score = (declared ? 3 : 1) + backing + (named ? 0.5 : 0);
    return { ...base, kind: 'via', left: from, right: to, declared, sure, weak: false, score };
  }
  const forms = [left.column.form, right.column.form];
  const has = (form: Form) => forms.includes(form);
  const share = Math.max(meeting.leftShare, meeting.rightShare);
  const bonus = has('email') ? 1 : has('phone') || has('uuid') ? 0.5 : has('text') ? 0 : 0.3;
  const score = backing + bonus + (alike ? 0.4 : 0) + share / 2;
  const same = {
    ...base,
    kind: 'same' as const,
    left: left.column,
    right: right.column,
    declared: false,
    score,
  };
  const isBacked = backing >= WELL_BACKED;
  if (has('email')) return { ...same, sure: isBacked || alike, weak: false };
  if (has('text') || isProperty(left.column) || isProperty(right.column))
    return isBacked ? { ...same, sure: false, weak: true } : null;
  if (isCounted(left) && isCounted(right)) {
    if (backing < 0.4) return null;
    return { ...same, sure: alike, weak: false };
  }
  if (!isBacked && !alike) return null;
  // What few rows have in common may be true of these alone.
  return { ...same, sure: isBacked && share >= LEAST_SHARE, weak: false };
}

/**
 * The same where one table says in a column which other table a row is about: only those rows are looked at, and numbers may
 * be the same in all of these tables.
 */
export function judgeSaid(
  meeting: Meeting,
  sides: { readonly left: Side; readonly right: Side },
  groups: readonly Group[],
  word: ProviderWord,
): Link | null {
  const says = (row: SeenRow) => fold(row.get(word.column.name) ?? '', word.column.form) === word.folded;
  const isLeft = sides.left.table.name === word.column.table;
  const said = groups
    .map(({ left, right }) =>
      isLeft ? { left: left.filter(says), right } : { left, right: right.filter(says) },
    )
    .filter(({ left, right }) => left.length > 0 && right.length > 0);
  if (said.length < LEAST_PAIRS) return null;
  const pairs = pairsOf(said, null);
  const [backed = null] = compareOthers(sides, pairs, meeting).sort((a, b) => b.support - a.support);
  const backing = backed?.support ?? 0;
  const { column: left } = meeting.left;
  const { column: right } = meeting.right;
  const base = { kind: 'same' as const, declared: false, apart: null, weak: false, sure: true };
  return {
    ...base,
    left,
    right,
    meeting,
    word,
    pairs,
    backing,
    backed,
    score: 1 + said.length / groups.length + backing,
  };
}

/** What is not sure is only proposed where nothing is sure, and a text only where there is nothing else. */
export function usable(links: readonly Link[]): readonly Link[] {
  const sure = links.filter((link) => link.sure && !link.weak);
  if (sure.length > 0) return sure;
  const strong = links.filter((link) => !link.weak);
  return (strong.length > 0 ? strong : links).slice(0, 1);
}

/** Which of two columns points to the other's row: by a foreign key, or because all it holds is there. */
function pointerIn(meeting: Meeting, { left, right }: { readonly left: Side; readonly right: Side }) {
  const ways = [
    { from: meeting.left, to: meeting.right, source: left, target: right, held: meeting.leftShare },
    { from: meeting.right, to: meeting.left, source: right, target: left, held: meeting.rightShare },
  ];
  const found = ways.flatMap(({ from, to, source, target, held }) => {
    const isIdentity = ({ table }: Side, { column }: ValueSample) =>
      table.identity?.length === 1 && table.identity[0] === column.name;
    if (!isIdentity(target, to)) return [];
    const declared = source.table.references.some(
      (one) =>
        one.schema === target.table.schema &&
        one.table === target.table.name &&
        one.columns.join() === from.column.name,
    );
    const named = namesTable(from.column.name, target.table.name);
    if (
      !declared &&
      (isIdentity(source, from) || held < 0.5 || from.column.type.category !== to.column.type.category)
    )
      return [];
    if (!declared && !named && isCounted(to) && !isCounted(from) && held < 0.9) return [];
    return [{ from: from.column, to: to.column, declared, named }];
  });
  return found.find(({ declared }) => declared) ?? found[0] ?? null;
}

/** Whether a column is called after a table: `shop_id` or `cust` after `shop_customers`. */
function namesTable(column: string, table: string): boolean {
  const ofTable = [...meaningOf(table), ...wordsOf(table)];
  return [...meaningOf(column), ...wordsOf(column)].some(
    (word) => word.length > 2 && ofTable.some((other) => other.startsWith(word)),
  );
}

/** Whether a name says how a thing is, and not which one it is: a zip code may be nearly unique, too. */
function isProperty({ name }: ColumnProfile): boolean {
  const meaning = [...meaningOf(name)];
  return (
    meaning.some((concept) => PROPERTIES.has(concept)) && !meaning.some((concept) => IDENTIFIES.has(concept))
  );
}

const IDENTIFIES: ReadonlySet<string> = new Set(['id', 'email', 'phone', 'username', 'tax', 'url']);

const nameOf = ({ table, name }: ColumnProfile) => ({ table, name });

/** One pair of rows for each thing: the first ones of each side, in an order that is always the same. */
export function pairsOf(groups: readonly Group[], apart: Apart | null): RowPair[] {
  return groups.flatMap(({ left, right }) => {
    if (apart === null) return [{ left: left[0], right: right[0] } as RowPair];
    const used = new Set<string>();
    return left.flatMap((row): RowPair[] => {
      const value = apart.read(row.get(apart.left.name) ?? null);
      const other = right.find((one) => apart.read(one.get(apart.right.name) ?? null) === value);
      if (value === null || other === undefined || used.has(value)) return [];
      used.add(value);
      return [{ left: row, right: other }];
    });
  });
}

/** So many pairs show whether other columns agree. */
const SHOWN = 300;

/** Compares what two tables have besides the columns by which rows were found. */
function compareOthers(
  { left, right }: { readonly left: Side; readonly right: Side },
  pairs: readonly RowPair[],
  { left: a, right: b }: Meeting,
): Support[] {
  const others = (side: Side, by: ValueSample) => side.columns.filter(({ name }) => name !== by.column.name);
  const shown = pairs.slice(0, SHOWN);
  return others(left, a).flatMap((one) =>
    others(right, b)
      // Numbers that are given one after the other agree with those of rows that were made side by side.
      .filter((other) => mayMeet(one.form, other.form) && !(isSerial(one) && isSerial(other)))
      .map((other) => supportOf(one, other, shown)),
  );
}

/** Whole numbers with hardly a gap. */
function isSerial({ form, range, distinct }: ColumnProfile): boolean {
  return form === 'whole' && range !== null && distinct > 20 && range.most - range.least < 4 * distinct;
}

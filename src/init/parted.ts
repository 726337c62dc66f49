import { TENANTS } from './concepts.js';
import { fold } from './folds.js';
import { mayMeet } from './forms.js';
import type { Group, SeenRow, Side } from './matched-rows.js';
import { isAlike, kinship, meaningOf } from './names.js';
import type { ColumnProfile } from './profile.js';

/** A column of each table that keeps rows with one value apart: the tenant that gives out numbers of its own. */
export interface Apart {
  readonly left: ColumnProfile;
  readonly right: ColumnProfile;
  /** A value as it is compared. */
  read(value: string | null): string | null;
  /** The share of values that are one row in each table with it, and without it. */
  readonly single: number;
  readonly before: number;
}

const LEAST_GROUPS = 5;
const SINGLE = 0.95;

/** Finds what keeps rows of one value apart, where most values have several rows; else null. */
export function partedBy(
  groups: readonly Group[],
  { left, right }: { readonly left: Side; readonly right: Side },
): Apart | null {
  const before = groups.filter((group) => group.left.length === 1 && group.right.length === 1).length;
  if (groups.length < LEAST_GROUPS || before / groups.length > 0.7) return null;
  const several = (side: 'left' | 'right') => groups.filter((group) => group[side].length > 1).length;
  // Numbers that are given anew come again in both tables; else one row is several of the other.
  if (Math.min(several('left'), several('right')) / groups.length < 0.3) return null;
  const found: Apart[] = [];
  for (const one of left.columns)
    for (const other of right.columns) {
      if (!isPartition(one) || !isPartition(other) || !mayMeet(one.form, other.form)) continue;
      const alike = isAlike(kinship(one, other)) || (isTenant(one) && isTenant(other));
      if (!alike && !referToOne(left, one, right, other)) continue;
      const single = groups.filter((group) => isSingle(group, one, other)).length / groups.length;
      if (single < SINGLE) continue;
      const read = (value: string | null) => (value === null ? null : fold(value, one.form) || null);
      found.push({ left: one, right: other, read, single, before: before / groups.length });
    }
  const [best] = found.sort((a, b) => b.single - a.single || a.left.distinct - b.left.distinct);
  return best ?? null;
}

/** Whether a column says who gives out the numbers; `site` of a table of sites says nothing of the kind. */
export function isTenant({ name, table }: ColumnProfile): boolean {
  const meaning = [...meaningOf(name, table)];
  return meaning.some((concept) => TENANTS.has(concept));
}

/** What has a value in every row, and the same one in many. */
function isPartition({ form, nulls, seen, distinct }: ColumnProfile): boolean {
  if (['json', 'other', 'email', 'moment', 'decimal'].includes(form)) return false;
  return seen > 0 && nulls / seen < 0.05 && distinct > 1 && distinct < seen * 0.5;
}

function referToOne(left: Side, one: ColumnProfile, right: Side, other: ColumnProfile): boolean {
  const targets = ({ table }: Side, { name }: ColumnProfile) =>
    table.references.filter(({ columns }) => columns.join() === name).map((to) => `${to.schema}.${to.table}`);
  return targets(left, one).some((target) => targets(right, other).includes(target));
}

/** Whether each row of a side has another value there, and some of both sides have the same one. */
function isSingle(group: Group, one: ColumnProfile, other: ColumnProfile): boolean {
  const values = (rows: readonly SeenRow[], { name, form }: ColumnProfile) =>
    rows.map((row) => fold(row.get(name) ?? '', form));
  const [left, right] = [values(group.left, one), values(group.right, other)];
  return new Set(left).size === left.length && new Set(right).size === right.length;
}

import type { Column } from './column.js';
import { type Given, type Giver, giverOf, nameOf } from './givers.js';
import type { ConversionModel } from './model.js';
import { refuse } from './refuse.js';

/**
 * A conversion that another column of the row chooses, exactly and both ways: refunds are negative, some amounts are cents.
 * `numeric(when(pay.kind, { refund: times(pay.amount, '-1') }, pay.amount), api.total)`. The column that chooses keeps a
 * column of its own.
 *
 * @param by a text, an enum, a whole number or a truth; a row that has none of the words has the value of `otherwise`
 * @param cases by what that column prints, `t` and `f` for truths: the same column each time, converted
 * @param otherwise for all other rows; left out, these have no shared value, and the column's is residue
 * @throws DrydockError `bad-declaration` where several columns are named, or a value is computed
 */
export function when<T>(
  by: Column,
  cases: Readonly<Record<string, Given<T>>>,
  otherwise?: Given<T>,
): Giver<T> {
  const made = Object.entries(cases).map(([word, given]) => [word, giverOf(given)] as const);
  const rest = otherwise === undefined ? null : giverOf(otherwise);
  const all = [...made.map(([, giver]) => giver), ...(rest === null ? [] : [rest])];
  const [first] = all;
  if (first === undefined || made.length === 0) {
    refuse(`when(${nameOf(by)}) has no cases.`, 'Name what a value becomes by what that column holds.');
    return { giver: { ...giverOf(by), conversion: { kind: 'cast' } } };
  }
  const other = all.find(({ table, column }) => table !== first.table || column !== first.column);
  if (other !== undefined)
    refuse(
      `when(${nameOf(by)}) names ${nameOf(first)} and ${nameOf(other)}: it chooses how one column is converted.`,
      'List the columns one after the other, or work the value out by computed().',
    );
  if (by.table !== first.table)
    refuse(
      `${nameOf(by)} cannot choose how ${nameOf(first)} is converted: they are not of one row.`,
      'Name a column of the same source.',
    );
  if (by.table === first.table && by.column === first.column)
    refuse(`${nameOf(by)} chooses how itself is converted.`, 'Say words() or truth() for that.');
  if (all.some(({ conversion: { kind } }) => kind === 'computed' || kind === 'split' || kind === 'when'))
    refuse(
      `A case of when(${nameOf(by)}) is no plain conversion of ${nameOf(first).replaceAll('\0', '')}.`,
      'Name the column itself, or a conversion of it.',
    );
  const conversion: ConversionModel = {
    kind: 'when',
    column: by.column,
    cases: new Map(made.map(([word, giver]) => [word, giver.conversion])),
    otherwise: rest?.conversion ?? null,
  };
  return { giver: { table: first.table, column: first.column, conversion, keepsOwn: false } };
}

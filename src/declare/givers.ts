import { decimalOf } from '../mapping/conversions/decimal.js';
import type { Scale } from '../mapping/conversions/score.js';
import { zoneOf } from '../mapping/conversions/zone.js';
import { type Column, modelOf, type SourceHandle } from './column.js';
import type { ConversionModel, GiverModel } from './model.js';
import { refuse } from './refuse.js';

export declare const HOLDS: unique symbol;

/** A column that gives a shared one its value, with the value's way there and back. */
export interface Giver<T> {
  /** What was declared, for the engine. */
  readonly giver: GiverModel;
  /** Only there for the compiler. */
  readonly [HOLDS]?: T;
}

/** What may stand in a list of givers: a column whose values are what they are, or a converted one. */
export type Given<T> = Column<T> | Giver<T>;

export function isGiver<T>(given: Column | Giver<T>): given is Giver<T> {
  return 'giver' in given;
}

export function giverOf<T>(given: Given<T>): GiverModel {
  if (isGiver(given)) return given.giver;
  const { table, column } = given;
  return { table, column, conversion: { kind: 'cast' }, keepsOwn: false };
}

export function converted<T>({ table, column }: Column, conversion: ConversionModel): Giver<T> {
  return { giver: { table, column, conversion, keepsOwn: false } };
}

export function nameOf({ table, column }: Pick<Column, 'table' | 'column'>): string {
  return `${table}.${column}`;
}

/** What a score's giver gives: a plain number does not say its scale. */
export interface ScoreValue {
  /** Tells scores from other values. */
  readonly scaled: true;
}

const scaled = (scale: Scale) => (column: Column<number>) =>
  converted<ScoreValue>(column, { kind: 'score', scale });
/** A score from 0 to 1. */
export const unit = scaled('unit');
/** A score from 0 to 100. */
export const percent = scaled('percent');
/** A score from 0 to 1 of the opposite: 1 - x. */
export const unitComplement = scaled('unitComplement');

/** A giver that gives a value only in one of the forms that its source is found in: see `variants`. */
export function inVariant<T>(variant: string, given: Given<T>): Giver<T> {
  return { giver: { ...giverOf(given), variant } };
}

/**
 * A time without zone that was written in this one: `UTC`, or an offset such as `+02:00`.
 *
 * @throws DrydockError `bad-declaration` for any other zone: those with summer time follow tables of the server's
 */
export function inZone(column: Column<Date>, zone: string): Giver<Date> {
  if (zoneOf(zone) === null)
    refuse(
      `"${zone}" is no zone for ${nameOf(column)}.`,
      "Write 'UTC', or an offset such as '+02:00'; a time of a zone with summer time is worked out by computed().",
    );
  return converted<Date>(column, { kind: 'cast', zone });
}
/** A moment that is written as seconds, or milliseconds, since 1970. */
export const epoch = (column: Column<number>, unitOf: 'seconds' | 'milliseconds' = 'seconds') =>
  converted<Date>(column, { kind: 'epoch', unit: unitOf });
/**
 * A number in another unit: the shared value is the column's, times `factor`, a decimal number: `times(shop.cents, '0.01')`.
 *
 * @throws DrydockError `bad-declaration` for a factor that is no number, or 0
 */
export function times(column: Column<number>, factor: `${number}`): Giver<number> {
  // A number of JavaScript's may be another one than was written.
  if (typeof factor !== 'string' || (decimalOf(factor)?.digits ?? 0n) === 0n)
    refuse(
      `"${factor}" is no factor for ${nameOf(column)}.`,
      "Write a decimal number that is not 0, as a text: '0.01'.",
    );
  return converted<number>(column, { kind: 'scaled', factor });
}
/**
 * A text in capitals, of ASCII letters: `text(upper(a.level))`.
 *
 * @param lowerIn - variants of the source that write it in small letters, which costs no residue then
 */
export const upper = (
  column: Column<string>,
  { lowerIn = [] }: { readonly lowerIn?: readonly string[] } = {},
) => converted<string>(column, { kind: 'upper', lowerIn });

/** A number, an enum or a uuid as the text that is printed for it: `text(google.sub, printed(github.github_id))`. */
export const printed = (column: Column) => converted<string>(column, { kind: 'cast' });
/**
 * A truth that is written in words, or in codes. The first of each is what the source means by it; any other is residue.
 *
 * @throws DrydockError `bad-declaration` where a word says both, or there is none for one of them
 */
export function truth(
  column: Column<string | number>,
  words: { readonly yes: readonly string[]; readonly no: readonly string[] },
): Giver<boolean> {
  const both = words.yes.find((word) => words.no.includes(word));
  if (both !== undefined)
    refuse(`"${both}" says both yes and no in ${nameOf(column)}.`, 'Leave it to one of them.');
  if (words.yes.length === 0 || words.no.length === 0)
    refuse(
      `${nameOf(column)} has no word for ${words.yes.length === 0 ? 'yes' : 'no'}.`,
      'Name at least one for each.',
    );
  return converted<boolean>(column, { kind: 'truth', ...words });
}

/**
 * A value that the server works out from a row: SQL over the bare names of the source's columns, which has to be immutable.
 * For what depends on several columns, members of documents, or any conversion of one's own. The columns themselves are
 * carried verbatim, so nothing depends on a way back: `computed(shop, "case when kind = 'refund' then -amount else amount end")`.
 */
export function computed<T>(source: SourceHandle, sql: string): Giver<T> {
  const { table } = modelOf(source);
  // No column can be called so.
  return { giver: { table, column: `\0${sql}`, conversion: { kind: 'computed', sql }, keepsOwn: true } };
}

import type { Scale } from '../mapping/conversions/score.js';
import { type Column, modelOf, type SourceHandle } from './column.js';
import type {
  ConversionModel,
  GeneratedModel,
  GiverModel,
  GoldenModel,
  GoldenType,
  KeptModel,
  MembersModel,
  SurvivorshipModel,
} from './model.js';
import { refuse } from './refuse.js';

declare const HOLDS: unique symbol;

/** A column that gives a shared one its value, with the value's way there and back. */
export interface Giver<T> {
  readonly giver: GiverModel;
  /** Only there for the compiler. */
  readonly [HOLDS]?: T;
}

/** What may stand in a list of givers: a column whose values are what they are, or a converted one. */
export type Given<T> = Column<T> | Giver<T>;

type Parts = Omit<GoldenModel, 'kind' | 'name'>;

/** A shared column of the unified table. `T` is what it holds, or the words that it may hold. */
export class Golden<T> {
  /** Only there for the compiler. */
  declare readonly [HOLDS]?: T;

  /** @internal */
  constructor(readonly parts: Parts) {}

  /**
   * What the column holds where no giver has a value: a constant, or what a further column has, which keeps a column of its
   * own in the unified table as well, and costs no residue.
   */
  else(value: (T & (string | number | boolean)) | Given<T>): Golden<T> {
    if (typeof value === 'object')
      return this.#with({ givers: [...this.parts.givers, { ...giverOf(value), keepsOwn: true }] });
    if (this.parts.words !== null && !this.parts.words.includes(String(value)))
      refuse(`"${String(value)}" is none of the words ${this.parts.words.join(', ')}.`, 'Name one of them.');
    return this.#with({ otherwise: String(value) });
  }

  /** @internal */
  surviving(survivorship: SurvivorshipModel, together: string | null = this.parts.together): Golden<T> {
    return this.#with({ survivorship, together });
  }

  #with(some: Partial<Parts>): Golden<T> {
    return new Golden({ ...this.parts, ...some });
  }
}

function golden<T>(
  type: GoldenType,
  givers: readonly Given<T>[],
  { words = null, sqlType = null }: Partial<Pick<Parts, 'words' | 'sqlType'>> = {},
): Golden<T> {
  return new Golden<T>({
    type,
    sqlType,
    givers: givers.map(giverOf),
    survivorship: 'precedence',
    together: null,
    otherwise: null,
    words,
  });
}

/** A column of words. */
export function wordsOf<Word extends string>(
  givers: readonly Giver<Word>[],
  words: readonly string[],
): Golden<Word> {
  return golden<Word>('text', givers, { words });
}

export function isGiver<T>(given: Column | Giver<T>): given is Giver<T> {
  return 'giver' in given;
}

function giverOf<T>(given: Given<T>): GiverModel {
  if (isGiver(given)) return given.giver;
  const { table, column } = given;
  return { table, column, conversion: { kind: 'cast' }, keepsOwn: false };
}

function converted<T>({ table, column }: Column, conversion: ConversionModel): Giver<T> {
  return { giver: { table, column, conversion, keepsOwn: false } };
}

/** A text. Of several columns the first that has a value gives it: `text(shop.name, crm.full_name)`. */
export const text = (...givers: readonly Given<string>[]) => golden<string>('text', givers);
/** A whole number of 32 bits. */
export const integer = (...givers: readonly Given<number>[]) => golden<number>('integer', givers);
/** A whole number of 64 bits. */
export const bigint = (...givers: readonly Given<number>[]) => golden<number>('bigint', givers);
/** A decimal number of any precision. */
export const numeric = (...givers: readonly Given<number>[]) => golden<number>('numeric', givers);
export const boolean = (...givers: readonly Given<boolean>[]) => golden<boolean>('boolean', givers);
export const date = (...givers: readonly Given<Date>[]) => golden<Date>('date', givers);
/** A moment. A column without time zone wants {@link inZone}. */
export const moment = (...givers: readonly Given<Date>[]) => golden<Date>('timestamptz', givers);
/** A date and a time without a zone. */
export const localTime = (...givers: readonly Given<Date>[]) => golden<Date>('timestamp', givers);
export const id = (...givers: readonly Given<string>[]) => golden<string>('uuid', givers);
/** A document, as jsonb. */
export const json = (...givers: readonly Given<unknown>[]) => golden<unknown>('jsonb', givers);

/** A list of texts, as a jsonb array: of json arrays, of JSON that is written as a text, or of a text that is cut at commas. */
export const list = (...givers: readonly Given<unknown>[]) => golden<unknown>('list', givers);
/**
 * A text in capitals, of ASCII letters: `text(upper(a.level))`.
 *
 * @param lowerIn - variants of the source that write it in small letters, which costs no residue then
 */
export const upper = (
  column: Column<string>,
  { lowerIn = [] }: { readonly lowerIn?: readonly string[] } = {},
) => converted<string>(column, { kind: 'upper', lowerIn });

/** A score between 0 and 100 with two decimals. Each giver says its scale: {@link unit}, {@link percent}, {@link unitComplement}. */
export const score = (...givers: readonly Giver<ScoreValue>[]) => golden<ScoreValue>('score', givers);

/** What a score's giver gives: a plain number does not say its scale. */
export interface ScoreValue {
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

/** A time without zone that was written in this one: `UTC`, or an offset such as `+02:00`. */
export const inZone = (column: Column<Date>, zone: string) => converted<Date>(column, { kind: 'cast', zone });
/** A moment that is written as seconds, or milliseconds, since 1970. */
export const epoch = (column: Column<number>, unitOf: 'seconds' | 'milliseconds' = 'seconds') =>
  converted<Date>(column, { kind: 'epoch', unit: unitOf });
/** A number in another unit: the shared value is the column's, times `factor`, a decimal number: `times(shop.cents, '0.01')`. */
export const times = (column: Column<number>, factor: string) =>
  converted<number>(column, { kind: 'scaled', factor });
/** A number, an enum or a uuid as the text that is printed for it: `text(google.sub, printed(github.github_id))`. */
export const printed = (column: Column) => converted<string>(column, { kind: 'cast' });
/** A truth that is written in words. */
export const truth = (
  column: Column<string | number>,
  words: { readonly yes: readonly string[]; readonly no: readonly string[] },
) => converted<boolean>(column, { kind: 'truth', ...words });

/** A document of scores: each member has givers of its own. */
export interface Members {
  readonly members: MembersModel['members'];
}

/** Scores as members of one jsonb document, the first giver of each first: `members({ demand: score(unit(a.demand)) })`. */
export function members(columns: Readonly<Record<string, Golden<ScoreValue>>>): Members {
  return {
    members: Object.entries(columns).map(([name, { parts }]) => {
      const { type, givers, survivorship, together: group, otherwise } = parts;
      if (type !== 'score' || survivorship !== 'precedence' || group !== null || otherwise !== null)
        refuse(
          `Member ${name} is no plain score.`,
          'Members are scores by precedence, without a value of their own where no giver has one.',
        );
      return { name, givers };
    }),
  };
}

/** A legacy column under a name of its own. */
export interface Kept {
  readonly kept: Pick<KeptModel, 'type' | 'from'>;
}

/**
 * A legacy column as it is, in a column of this name that is there whatever the source has: `notes: kept('text', a.notes)`.
 * A source's column keeps its own type, unless both are texts.
 *
 * @param type - as in SQL
 */
export function kept(type: string, { table, column }: Column): Kept {
  return { kept: { type, from: { table, column } } };
}

/** A column that the server makes of others of the unified table. */
export interface Generated {
  readonly generated: Pick<GeneratedModel, 'type' | 'sql'>;
}

/** @param sql - over columns of the unified table, immutable: `generated('numeric', 'net + tax')` */
export function generated(type: string, sql: string): Generated {
  return { generated: { type, sql } };
}

/** The value of the row that was changed last counts, not that of the first giver. A null gives way. */
export function newest<T>(column: Golden<T>): Golden<T> {
  return column.surviving('newest');
}

/**
 * Columns that survive together, from one row, so that no city gets the zip code of another one: those of the first giver
 * that has any of them, or of the row that was changed last.
 *
 * @param columns - each with the same sources, in the same order
 */
export function together<const Columns extends Readonly<Record<string, Golden<unknown>>>>(
  columns: Columns,
  survivorship: SurvivorshipModel = 'precedence',
): Columns {
  const group = Object.keys(columns).join(', ');
  const made = Object.entries(columns).map(([name, column]) => [name, column.surviving(survivorship, group)]);
  return Object.fromEntries(made) as Columns;
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

/**
 * A column of any type of the server's: `as('smallint[]', shop.sizes)`. Values are taken as they are, by a cast in SQL; the
 * legacy columns keep columns of their own as well.
 *
 * @param type - as in SQL
 */
export function as<T>(type: string, ...givers: readonly Given<T>[]): Golden<T> {
  const all = givers.map((given): Giver<T> => {
    if (isGiver(given)) return given;
    const sql = `"${given.column.replaceAll('"', '""')}"`;
    return {
      giver: {
        table: given.table,
        column: `\0${sql}`,
        conversion: { kind: 'computed', sql },
        keepsOwn: true,
      },
    };
  });
  return golden<T>('other', all, { sqlType: type });
}

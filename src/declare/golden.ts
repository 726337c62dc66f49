import type { Column } from './column.js';
import { type Fallback, fallbackOf, isFallback } from './fallback.js';
import { type Given, type Giver, giverOf, type HOLDS, isGiver, type ScoreValue } from './givers.js';
import type {
  GeneratedModel,
  GoldenModel,
  GoldenType,
  KeptModel,
  MembersModel,
  SurvivorshipModel,
} from './model.js';
import { refuse } from './refuse.js';

type Parts = Omit<GoldenModel, 'kind' | 'name'>;

/** A shared column of the unified table. `T` is what it holds, or the words that it may hold. */
export class Golden<T> {
  /** Only there for the compiler. */
  declare readonly [HOLDS]?: T;

  /** @internal */
  constructor(
    /** What was declared, for the engine. */
    readonly parts: Parts,
  ) {}

  /**
   * What the column holds where no giver has a value: a constant; what a further column has, which keeps a column of its own in
   * the unified table as well, and costs no residue; a column of the crosswalk; {@link valueIn}, {@link firstWords}.
   */
  else(value: (T & (string | number | boolean)) | Given<T> | Fallback<T>): Golden<T> {
    if (typeof value === 'object') {
      if (isFallback<T>(value))
        return this.#with({ fallbacks: [...(this.parts.fallbacks ?? []), fallbackOf(value)] });
      const giver = { ...giverOf(value), keepsOwn: true };
      if (this.parts.fallbacks !== undefined)
        refuse(
          `A column of ${giver.table} comes behind what is no column of a source.`,
          'Name the columns of sources first.',
        );
      return this.#with({ givers: [...this.parts.givers, giver] });
    }
    if (this.parts.words !== null && !this.parts.words.includes(String(value)))
      refuse(`"${String(value)}" is none of the words ${this.parts.words.join(', ')}.`, 'Name one of them.');
    return this.#with({ otherwise: String(value) });
  }

  /** A text of nothing but blanks is no value, and gives way to the next one; it is kept as residue. A blank is a value else. */
  get blankIsNone(): Golden<T> {
    return this.#with({ blankIsNone: true });
  }

  /**
   * A null does not give way: of the sources that have a row, the first answers, or with {@link newest} the one that was
   * changed last, and where it has no value there is none. For what somebody takes away on purpose: an account that was
   * disconnected would be connected again by the other source.
   */
  get nullsCount(): Golden<T> {
    return this.#with({ nullsCount: true });
  }

  /**
   * The same with another rule by which a value survives.
   *
   * @internal
   */
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

/** A text. Of several columns the first that has a value gives it: `text(shop.name, crm.full_name)`. */
export const text = (...givers: readonly Given<string>[]) => golden<string>('text', givers);
/** A whole number of 32 bits. */
export const integer = (...givers: readonly Given<number>[]) => golden<number>('integer', givers);
/** A whole number of 64 bits. */
export const bigint = (...givers: readonly Given<number>[]) => golden<number>('bigint', givers);
/** A decimal number of any precision. */
export const numeric = (...givers: readonly Given<number>[]) => golden<number>('numeric', givers);
/** Yes or no. */
export const boolean = (...givers: readonly Given<boolean>[]) => golden<boolean>('boolean', givers);
/** A day. */
export const date = (...givers: readonly Given<Date>[]) => golden<Date>('date', givers);
/** A moment. A column without time zone wants {@link inZone}. */
export const moment = (...givers: readonly Given<Date>[]) => golden<Date>('timestamptz', givers);
/** A date and a time without a zone. */
export const localTime = (...givers: readonly Given<Date>[]) => golden<Date>('timestamp', givers);
/** A uuid. */
export const id = (...givers: readonly Given<string>[]) => golden<string>('uuid', givers);
/** A document, as jsonb. */
export const json = (...givers: readonly Given<unknown>[]) => golden<unknown>('jsonb', givers);

/** A list of texts, as a jsonb array: of json arrays, of JSON that is written as a text, or of a text that is cut at commas. */
export const list = (...givers: readonly Given<unknown>[]) => golden<unknown>('list', givers);
/** A score between 0 and 100 with two decimals. Each giver says its scale: {@link unit}, {@link percent}, {@link unitComplement}. */
export const score = (...givers: readonly Giver<ScoreValue>[]) => golden<ScoreValue>('score', givers);

/** A document of scores: each member has givers of its own. */
export interface Members {
  /** What was declared, for the engine. */
  readonly members: MembersModel['members'];
}

/** Scores as members of one jsonb document, the first giver of each first: `members({ demand: score(unit(a.demand)) })`. */
export function members(columns: Readonly<Record<string, Golden<ScoreValue>>>): Members {
  return {
    members: Object.entries(columns).map(([name, { parts }]) => {
      const { type, givers, survivorship, together: group, otherwise, nullsCount } = parts;
      const isPlain = survivorship === 'precedence' && group === null && nullsCount !== true;
      if (type !== 'score' || !isPlain || otherwise !== null)
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
  /** What was declared, for the engine. */
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
  /** What was declared, for the engine. */
  readonly generated: Pick<GeneratedModel, 'type' | 'sql'>;
}

/**
 * A column that the server generates.
 *
 * @param sql - over columns of the unified table, immutable: `generated('numeric', 'net + tax')`
 */
export function generated(type: string, sql: string): Generated {
  return { generated: { type, sql } };
}

/** The value of the row that was changed last counts, not that of the first giver. A null gives way. */
export function newest<T>(column: Golden<T>): Golden<T> {
  return column.surviving('newest');
}

/**
 * The first value that any row has, those of duplicates too: of the first giver's rows, in the order in which they win, then
 * of the next one's. Without it only the row that won is asked.
 */
export function filled<T>(column: Golden<T>): Golden<T> {
  return column.surviving('filled');
}

/**
 * Columns that survive together, from one row, so that no city gets the zip code of another one: those of the first giver
 * that has any of them, or of the row that was changed last.
 *
 * @param columns - each with the same sources, in the same order
 */
export function together<const Columns extends Readonly<Record<string, Golden<unknown>>>>(
  columns: Columns,
  survivorship: 'precedence' | 'newest' = 'precedence',
): Columns {
  const group = Object.keys(columns).join(', ');
  const made = Object.entries(columns).map(([name, column]) => [name, column.surviving(survivorship, group)]);
  return Object.fromEntries(made) as Columns;
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

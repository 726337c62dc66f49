import { type Column, modelOf, type SourceHandle } from './column.js';
import type { FoldRule } from './model.js';
import { refuse } from './refuse.js';

/** What a column says of the rows of a thing that are kept whole. */
export interface Fold {
  /** What was declared, for the engine. */
  readonly fold: FoldRule;
}

/** One column, or several of one source, of which the first that has a value counts. */
export type Some<T> = Column<T> | readonly Column<T>[];

/** How many rows of a source there are. */
export function count(source: SourceHandle): Fold {
  return { fold: { by: 'count', table: modelOf(source).table } };
}

/** The names that stand in a column, as a jsonb array without repetition, in the order of their bytes; of many the first thousand. */
export function names(name: Some<unknown>): Fold {
  const columns = listed(name);
  return { fold: { by: 'names', table: tableOf(columns), names: columns.map(({ column }) => column) } };
}

/**
 * The value that the newest row of each name has, as a jsonb object; of many names the first thousand. Newest is what was
 * changed last, by `times.updated`. A text that spells JSON is taken as that. A value of more than 16 kB is left to its row.
 */
export function newestOf({
  name,
  value,
}: {
  readonly name: Some<unknown>;
  readonly value: Some<unknown>;
}): Fold {
  const [of, values] = [listed(name), listed(value)];
  return {
    fold: {
      by: 'newest',
      table: tableOf([...of, ...values]),
      names: of.map(({ column }) => column),
      values: values.map(({ column }) => column),
    },
  };
}

/** How a mean is spelled, and which values count. */
export interface MeanOptions {
  /** How the mean is kept: rounded half up, away from zero; what has no room is none. Default `numeric(30,6)`. */
  readonly as?: string;
  /** Values below the first of them, or above the second, are left out, as NaN and infinities are. Default: none are. */
  readonly between?: readonly [least: string | number, most: string | number];
}

const NUMERIC = /^numeric\((\d+),(\d+)\)$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** The mean of the values in a column, exact until it is rounded at the end, whatever the scale of each. */
export function mean(value: Some<number>, options: MeanOptions = {}): Fold {
  const columns = listed(value);
  const as = options.as ?? 'numeric(30,6)';
  const [, precision = '30', scale = '6'] = NUMERIC.exec(as) ?? [];
  if (!NUMERIC.test(as) || Number(scale) > Number(precision))
    refuse(
      `A mean is no ${as}.`,
      'Write numeric(PRECISION,SCALE), with a scale that the precision has room for.',
    );
  const [least = null, most = null] = (options.between ?? []).map(String);
  for (const bound of [least, most])
    if (bound !== null && !DECIMAL.test(bound))
      refuse(`"${bound}" is no bound of a mean.`, 'Write a decimal number.');
  return {
    fold: {
      by: 'mean',
      table: tableOf(columns),
      values: columns.map(({ column }) => column),
      precision: Number(precision),
      scale: Number(scale),
      least,
      most,
    },
  };
}

/**
 * A word for what the thing has rows of: the first one all of whose sources have some. One with an empty list is for what is
 * left: `madeOf({ both: [scores, reviews], reviewed: [reviews], plain: [] })`.
 */
export function madeOf(words: Readonly<Record<string, readonly SourceHandle[]>>): Fold {
  return {
    fold: {
      by: 'sources',
      words: Object.entries(words).map(([word, sources]) => ({
        word,
        tables: sources.map((source) => modelOf(source).table),
      })),
    },
  };
}

function listed<T>(some: Some<T>): readonly Column<T>[] {
  return Array.isArray(some) ? some : [some as Column<T>];
}

function tableOf(columns: readonly Column[]): string {
  const tables = [...new Set(columns.map(({ table }) => table))];
  if (tables.length !== 1)
    refuse(
      `A summary reads columns of ${tables.length === 0 ? 'no source' : tables.join(' and ')}.`,
      'Name columns of one source.',
    );
  return tables[0] ?? '';
}

import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { CatalogColumn } from '../legacy/catalog.js';
import type { TableDescription } from './describe.js';
import { fold } from './folds.js';
import { type Form, formOf } from './forms.js';

/** A value that a column often has. */
export interface FrequentValue {
  /** As it is spelled most often. */
  readonly raw: string;
  readonly folded: string;
  readonly count: number;
}

/** What some rows of a table say about one of its columns. */
export interface ColumnProfile extends CatalogColumn {
  readonly table: string;
  readonly form: Form;
  /** Rows that were looked at. */
  readonly seen: number;
  readonly nulls: number;
  readonly blanks: number;
  /** Different values among these, folded. */
  readonly distinct: number;
  /** The most frequent first. */
  readonly tops: readonly FrequentValue[];
  /** Each spelling with how often it was seen, where there are few; else empty. */
  readonly spellings: ReadonlyMap<string, number>;
  /** Characters of a value, on average, of those that were read. */
  readonly length: number;
  /** Of numbers. */
  readonly range: { readonly least: number; readonly most: number } | null;
}

/** So many rows are looked at, of a larger table by chance, and always the same. */
export const PROFILED_ROWS = 4_000;
/** A value is looked at up to this length. */
export const MOST_CHARACTERS = 200;
const MOST_TOPS = 40;
/** What has more spellings is no vocabulary. */
const MOST_SPELLINGS = 60;

/** Looks at some rows of a table. */
export async function profileTable(session: Session, table: TableDescription): Promise<ColumnProfile[]> {
  const columns = table.columns.map(
    ({ name }, at) => `left(${ident(name)}::text, ${MOST_CHARACTERS}) as c${at}`,
  );
  const rows = await session.query(
    `select ${columns.join(', ')} from ${qualified(table.schema, table.name)}${sampled(table.rows)}`,
  );
  return table.columns.map((column, at) =>
    profileColumn(
      table.name,
      column,
      rows.map((row) => row[`c${at}`] ?? null),
    ),
  );
}

/** By rows where all of them may be looked at, by pages of a table that is too large for it. */
function sampled(rows: number): string {
  if (rows <= PROFILED_ROWS * 2) return '';
  const percent = (100 * PROFILED_ROWS) / rows;
  const method = rows > 5_000_000 ? 'system' : 'bernoulli';
  return ` tablesample ${method} (${percent.toPrecision(6)}) repeatable (1)`;
}

/** What a column's values say of it. */
function profileColumn(
  table: string,
  column: CatalogColumn,
  values: readonly (string | null)[],
): ColumnProfile {
  const filled = values.filter((value) => value !== null);
  const spelledValues = filled.filter((value) => value.trim() !== '');
  const form = formOf(column.type, column.name, spelledValues);
  const spelled = new Map<string, number>();
  for (const value of spelledValues) spelled.set(value, (spelled.get(value) ?? 0) + 1);
  const folded = new Map<string, FrequentValue>();
  for (const [raw, count] of [...spelled].sort(byCount)) {
    const key = fold(raw, form);
    if (key === '') continue;
    const known = folded.get(key);
    folded.set(
      key,
      known === undefined ? { raw, folded: key, count } : { ...known, count: known.count + count },
    );
  }
  const numbers = spelledValues.map(Number).filter(Number.isFinite);
  const isNumeric = (form === 'whole' || form === 'decimal') && numbers.length > 0;
  return {
    ...column,
    table,
    form,
    seen: values.length,
    nulls: values.length - filled.length,
    blanks: filled.length - spelledValues.length,
    distinct: folded.size,
    tops: [...folded.values()]
      .sort((a, b) => b.count - a.count || (a.folded < b.folded ? -1 : 1))
      .slice(0, MOST_TOPS),
    spellings: spelled.size <= MOST_SPELLINGS ? new Map([...spelled].sort(byCount)) : new Map(),
    length: filled.reduce((sum, value) => sum + value.length, 0) / Math.max(1, filled.length),
    range: isNumeric ? { least: least(numbers), most: -least(numbers.map((one) => -one)) } : null,
  };
}

function byCount(a: readonly [string, number], b: readonly [string, number]): number {
  return b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((found, one) => Math.min(found, one), Number.POSITIVE_INFINITY);
}

/** Rows that were seen to have a value. */
export function filledRows({ seen, nulls, blanks }: ColumnProfile): number {
  return seen - nulls - blanks;
}

/** How many of a column's values are different ones, of those seen: 1 where each is. */
export function distinctness(column: ColumnProfile): number {
  const values = filledRows(column);
  return values === 0 ? 0 : column.distinct / values;
}

/** Whether a column holds words of a small vocabulary. */
export function isVocabulary(column: ColumnProfile): boolean {
  const { form, distinct } = column;
  const isWord = form === 'text' || form === 'code' || form === 'boolean';
  return isWord && distinct > 0 && distinct <= 30 && distinctness(column) < 0.5;
}

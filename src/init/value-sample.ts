import { ident, qualified } from '../db/identifier.js';
import type { Session, TextRow } from '../db/session.js';
import type { TableDescription } from './describe.js';
import { foldSql } from './folds.js';
import { type ColumnProfile, distinctness, filledRows, PROFILED_ROWS } from './profile.js';

/**
 * Some values of a column: those with the smallest hashes. Since the hash of a value is the same in every table, two columns
 * that share values share them in their samples as well, which is not so of samples by chance.
 */
export interface ValueSample {
  readonly column: ColumnProfile;
  /** By the hash of the folded value. */
  readonly values: ReadonlyMap<bigint, SampledValue>;
  /** Every value with a hash up to this one is there. */
  readonly bound: bigint;
  /** How many different values the column has: counted, or estimated from the sample. */
  readonly distinct: number;
  /** The share of values that several rows have. */
  readonly repeated: number;
  /** The share of the table's rows that was read. */
  readonly part: number;
}

export interface SampledValue {
  /** One of its spellings. */
  readonly raw: string;
  readonly rows: number;
  /** Where some of its rows are. */
  readonly places: readonly string[];
}

/** So many values of a column are kept. */
const SAMPLE = 2_000;
/** So many columns of a table are sampled, those first whose values tell rows apart best. */
const MOST_COLUMNS = 12;
const LEAST_DISTINCTNESS = 0.02;
const LEAST_VALUES = 10;
/** The same of a table of many rows: of those that were looked at, few may have the same value by chance. */
const MANY_ROWS = 10 * PROFILED_ROWS;
const MOST_OF_MANY = 8;
const LEAST_OF_MANY = 0.6;
/** Texts are longer than what tells things apart. */
const LONG = 60;
/** So many rows of a value can be looked at. */
const MOST_PLACES = 100;
const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

/**
 * The columns of a table by which rows may be found again elsewhere.
 *
 * @param always names of columns that the catalog knows to be keys or pointers
 */
export function tellingColumns(
  { rows }: TableDescription,
  profiles: readonly ColumnProfile[],
  always: readonly string[],
): ColumnProfile[] {
  const isLarge = rows > MANY_ROWS;
  const least = isLarge ? LEAST_OF_MANY : LEAST_DISTINCTNESS;
  const may = profiles.filter((column) => {
    if (always.includes(column.name) && column.form !== 'other') return true;
    if (['boolean', 'moment', 'decimal', 'json', 'other'].includes(column.form)) return false;
    const isFew = column.distinct < Math.min(LEAST_VALUES, filledRows(column));
    return filledRows(column) >= 2 && !isFew && distinctness(column) >= least;
  });
  const rank = (column: ColumnProfile) =>
    distinctness(column) +
    (['email', 'phone', 'uuid'].includes(column.form) ? 1 : 0) +
    (always.includes(column.name) ? 2 : 0) -
    (column.length > LONG ? 1 : 0);
  const ranked = [...may].sort((a, b) => rank(b) - rank(a));
  const best = ranked.slice(0, isLarge ? MOST_OF_MANY : MOST_COLUMNS);
  // Long texts take longest to read, and are of use where there is little else.
  const short = best.filter(({ length }) => length <= LONG);
  const chosen = isLarge && short.length >= 3 ? short : best;
  return may.filter((column) => chosen.includes(column));
}

/** Reads the values of a column with the smallest hashes, in one scan. */
export async function sampleValues(
  session: Session,
  table: TableDescription,
  column: ColumnProfile,
): Promise<ValueSample> {
  const hash = `hashtextextended(${foldSql(column.name, column.form, column.type.kind)}, 0)`;
  const read = table.rows * table.part;
  const fraction = (4 * SAMPLE) / Math.max(1, read);
  const limit = fraction >= 1 ? HIGHEST : LOWEST + BigInt(Math.floor(fraction * 2 ** 32)) * 2n ** 32n;
  const rows = await session.query(
    `select ${hash}::text as h, count(*) as n, min(left(${ident(column.name)}::text collate "C", 100)) as raw,
       array_to_string((array_agg(${PLACE} order by tableoid, ctid))[1:${MOST_PLACES}], ' ') as places
     from ${readFrom(table)} where ${hash} <= $1::bigint group by ${hash} order by ${hash} limit ${SAMPLE}`,
    [String(limit)],
  );
  const values = new Map(rows.map((row) => [BigInt(String(row.h)), valueFrom(row)] as const));
  const last = rows.at(-1);
  const bound = rows.length === SAMPLE && last !== undefined ? BigInt(String(last.h)) : limit;
  const covered = Number(bound - LOWEST) / 2 ** 64;
  const repeated = [...values.values()].filter(({ rows: n }) => n > 1).length;
  return {
    column,
    values,
    bound,
    distinct: bound === HIGHEST ? values.size : Math.round(values.size / covered),
    repeated: values.size === 0 ? 0 : Math.min(1, repeated / values.size / table.part),
    part: table.part,
  };
}

function valueFrom({ raw, n, places }: TextRow): SampledValue {
  return { raw: String(raw), rows: Number(n), places: String(places).split(' ') };
}

/** SQL of where a row is, as text: good for as long as the snapshot lasts by which it was read. */
export const PLACE = `tableoid::text || ctid::text`;

/** A table as it is read: of a very large one some pages, always the same. */
export function readFrom({ schema, name, part }: TableDescription): string {
  const sample = part < 1 ? ` tablesample system (${(100 * part).toPrecision(6)}) repeatable (1)` : '';
  return `${qualified(schema, name)}${sample}`;
}

import type { ColumnType } from '../legacy/catalog.js';
import type { BoundSource } from './bind.js';
import type { BoundColumn } from './mapping.js';
import { besideIn, fromUnified } from './restore.js';

/** A legacy column that gives a shared one its value, and keeps a column of its own as well. */
export interface OwnGiver {
  readonly source: BoundSource;
  readonly column: BoundColumn;
}

/** The giver, if a column is one of a shared column. */
export function ownGiverOf(source: BoundSource, column: BoundColumn, target: string): OwnGiver | null {
  const gives = column.home.kind === 'own' ? column.home.gives : undefined;
  return gives?.target === target && gives.oneWay !== true ? { source, column } : null;
}

/** SQL: whether a merge makes a golden value, given as SQL, of what the column has in the row `new`. */
export function agrees({ source, column }: OwnGiver, golden: string): string {
  const gives = column.home.kind === 'own' ? column.home.gives : undefined;
  if (gives === undefined) return 'false';
  const { holds, inverse } = gives.conversion;
  const own = fromUnified(source, column, 'new');
  const beside = besideIn(source, 'new');
  return `coalesce(${golden} is not null and ${holds(golden, beside)} and (${inverse(golden, beside)})::text = (${own})::text, false)`;
}

/** SQL of the golden value that the column of `new` gives: null where only a merge knows it, or it gives none. */
export function givenBy(giver: OwnGiver, golden: string): string | null {
  const like = alike(fromUnified(giver.source, giver.column, 'new'), giver.column.type, golden);
  return like === null
    ? null
    : `(select case when ${agrees(giver, 'g.v')} then g.v end from (select ${like} as v offset 0) g)`;
}

const WHOLE: Readonly<Record<string, { readonly least: string; readonly most: string; readonly digits: number }>> = {
  integer: { least: '-2147483648', most: '2147483647', digits: 9 },
  bigint: { least: '-9223372036854775808', most: '9223372036854775807', digits: 18 },
}; // biome-ignore format: a table
const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric']);
const KINDS: Readonly<Record<string, string>> = {
  boolean: 'bool', date: 'date', timestamptz: 'timestamptz', timestamp: 'timestamp', uuid: 'uuid', jsonb: 'jsonb',
}; // biome-ignore format: a table

/** SQL of the golden type for a value that may be the one; no cast in it fails. Null: there is none. */
export function alike(value: string, { kind, category }: ColumnType, golden: string): string | null {
  if (golden === 'text') return kind === 'xml' ? null : `(${value})::text`;
  if (golden === 'numeric') return NUMBERS.has(kind) ? `(${value})::numeric` : null;
  const whole = WHOLE[golden];
  if (whole === undefined) return KINDS[golden] === kind ? `(${value})::${golden}` : null;
  if (NUMBERS.has(kind))
    return `case when (${value})::numeric between ${whole.least} and ${whole.most} then (${value})::${golden} end`;
  return category === 'S'
    ? `case when (${value})::text ~ '^-?[0-9]{1,${whole.digits}}$' then (${value})::text::${golden} end`
    : null;
}

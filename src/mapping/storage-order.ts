/**
 * In which order a table of ours has its columns. Postgres keeps them in the order of their definition and fills up to
 * the alignment of the next one: behind a text of any length, a time costs three or four bytes more than its eight. So
 * those of fixed width come first, the widest before the others, and those of any length last. The columns that are ours
 * come before those that keep legacy ones all the same: to read the last of sixty takes a tenth longer than the tenth.
 */

export interface StoredColumn {
  readonly definition: string;
  /** Name of its type, as DDL or as pg_type has it, without modifier. */
  readonly type: string;
  readonly notNull: boolean;
}

/** Types by the largest power of two, of those that are alignments, that their width is a multiple of. */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    8: ['uuid', 'timestamptz', 'timestamp', 'time', 'interval', 'int8', 'float8', 'money', 'pg_lsn', 'name'],
    4: ['integer', 'int4', 'float4', 'date', 'oid'],
    2: ['int2'],
  }).flatMap(([width, types]) => types.map((type) => [type, Number(width)] as const)),
);

const WIDEST = 8;

/** The definitions of one group, in that order; columns of one width keep theirs, behind those that are never null. */
export function inStorageOrder(columns: readonly StoredColumn[]): string[] {
  return [...columns].sort((a, b) => placeOf(a) - placeOf(b)).map(({ definition }) => definition);
}

function placeOf({ type, notNull }: StoredColumn): number {
  const width = WIDTHS.get(type) ?? 0;
  // Up to the first null, a row's columns are found without a look at those before them.
  return WIDEST - width - (notNull && width === WIDEST ? 1 : 0);
}

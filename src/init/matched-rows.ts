import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { TableDescription } from './describe.js';
import type { Meeting } from './meetings.js';
import { type ColumnProfile, MOST_CHARACTERS } from './profile.js';
import { PLACE, type ValueSample } from './value-sample.js';

/** A row as it is looked at: texts by column. */
export type SeenRow = ReadonlyMap<string, string | null>;

/** Two rows of two tables that are taken for one thing. */
export interface RowPair {
  readonly left: SeenRow;
  readonly right: SeenRow;
}

/** The rows of both tables that have one value in common. */
export interface Group {
  readonly left: readonly SeenRow[];
  readonly right: readonly SeenRow[];
}

/** So many values are followed, and so many rows are read of each table at most. */
const MOST_GROUPS = 500;
const MOST_ROWS = 3_000;
/** A value that more rows have says nothing about who they are. */
const MOST_IN_GROUP = 100;

/** Reads the rows that meet by a value; in the order of the values' hashes, rows of one in the order in which they are stored. */
export async function matchedRows(
  session: Session,
  meeting: Meeting,
  sides: { readonly left: Side; readonly right: Side },
): Promise<Group[]> {
  const hashes: bigint[] = [];
  let read = 0;
  for (const hash of meeting.hashes) {
    const rows = Math.max(rowsOf(meeting.left, hash), rowsOf(meeting.right, hash));
    if (rows > MOST_IN_GROUP || read + rows > MOST_ROWS || hashes.length === MOST_GROUPS) continue;
    hashes.push(hash);
    read += rows;
  }
  if (hashes.length === 0) return [];
  const left = await rowsWith(session, sides.left, meeting.left, hashes);
  const right = await rowsWith(session, sides.right, meeting.right, hashes);
  return hashes.flatMap((hash) => {
    const group = { left: left.get(hash) ?? [], right: right.get(hash) ?? [] };
    return group.left.length === 0 || group.right.length === 0 ? [] : [group];
  });
}

function rowsOf({ values }: ValueSample, hash: bigint): number {
  return values.get(hash)?.rows ?? 0;
}

/** A table with what is known of its columns. */
export interface Side {
  readonly table: TableDescription;
  readonly columns: readonly ColumnProfile[];
}

async function rowsWith(
  session: Session,
  { table, columns }: Side,
  { values }: ValueSample,
  hashes: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly SeenRow[]>> {
  const placesOf = (hash: bigint) => values.get(hash)?.places ?? [];
  const shown = columns.map(({ name }, at) => `left(${ident(name)}::text, ${MOST_CHARACTERS}) as c${at}`);
  const rows = await session.query(
    `select ${PLACE} as place, ${shown.join(', ')} from ${qualified(table.schema, table.name)} where ctid = any ($1::text[]::tid[])`,
    [listOf(hashes.flatMap(placesOf).map((place) => place.slice(place.indexOf('('))))],
  );
  const byPlace = new Map(
    rows.map((row) => [
      String(row.place),
      new Map(columns.map(({ name }, at) => [name, row[`c${at}`] ?? null] as const)),
    ]),
  );
  return new Map(hashes.map((hash) => [hash, placesOf(hash).flatMap((place) => byPlace.get(place) ?? [])]));
}

/** Places as an array of texts. */
function listOf(places: readonly string[]): string {
  return `{${places.map((place) => `"${place}"`).join(',')}}`;
}

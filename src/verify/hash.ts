import { ident } from '../db/identifier.js';
import type { CatalogColumn } from '../legacy/catalog.js';
import { sentBytes, spelled } from '../types/spelling.js';

/** Two seeds: what one sum should miss by chance, the other one sees. */
const SEEDS = [7_919, 104_729] as const;

/**
 * A column's value as it goes into the hash: as it is where equality means identity, else as its text (numeric
 * without scale, floats because of -0, json, jsonb, intervals, collations under which different texts are equal, …), and
 * as what is sent of it where different values may print the same.
 */
function hashed(column: CatalogColumn, alias: string): string[] {
  if (column.type.sameBy === 'value') return [`${alias}.${ident(column.name)}`];
  return [textOf(column, alias), ...bytesOf(column, alias)];
}

/** A column's value as Postgres prints it, and whole where that would hide something. */
export function textOf({ name, type }: CatalogColumn, alias: string): string {
  return `${spelled(`${alias}.${ident(name)}`, type.hiding)} collate "C"`;
}

/** What is sent of a column's value, as text, where its text does not tell it from all others; nothing where it does. */
export function bytesOf({ name, type }: CatalogColumn, alias: string): string[] {
  return type.sameBy === 'bytes' ? [sentBytes(`${alias}.${ident(name)}`)] : [];
}

/** A row of all values as they go into the hash. */
export function hashedRow(columns: readonly CatalogColumn[], alias: string): string {
  return `row(${columns.flatMap((column) => hashed(column, alias)).join(', ')})`;
}

/**
 * Aggregates over such rows, made once each for both seeds (in a subquery with `offset 0`): their number, and per seed
 * the sum of their hashes. `hash_record_extended` alone is a linear combination of its columns' hashes, and a sum of
 * it is blind to values swapped between two rows; the hash around it is not.
 */
export function rowHashes(row: string): string {
  const sums = SEEDS.map(
    (seed, index) =>
      `coalesce(sum(hashint8extended(hash_record_extended(${row}, ${seed}), ${seed})), 0)::text as hash${index + 1}`,
  );
  return `count(*)::text as rows, ${sums.join(', ')}`;
}

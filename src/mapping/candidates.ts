import { ident } from '../db/identifier.js';
import { asUuid, rawText } from '../keys/raw-id.js';
import { type CatalogTable, type ColumnType, columnOf } from '../legacy/catalog.js';
import type { BoundSource } from './bind.js';
import { tableOf } from './keyed-source.js';
import type { Wanted } from './wanted.js';

/** Conditions by which candidates of a selective extraction are found: see `selective.ts`. */

type Table = Pick<CatalogTable, 'columns' | 'indexed'>;

/** Whether a column's value is its text: then its index is one of the text. */
export function isPlainText({ kind }: ColumnType): boolean {
  return kind === 'text' || kind === 'varchar';
}

/** Whether a text column's raw value is one that a query gives. */
export function textIsIn(table: Table, alias: string, column: string, query: string): string {
  const type = columnOf(table, column)?.type;
  const name = `${alias}.${ident(column)}`;
  if (type === undefined) return 'false';
  // A list is for an index; without one, every row would go through it.
  if (!isPlainText(type) || !table.indexed.includes(column)) return `${rawText(name)} in (${query})`;
  return `${name}::text collate ${type.collation ?? '"default"'} = any (array(${query}))`;
}

/** Whether a column names a uuid that a query gives. */
export function uuidIsIn(table: Table, alias: string, column: string, query: string): string {
  const kind = columnOf(table, column)?.type.kind ?? '';
  const uuid = asUuid(`${alias}.${ident(column)}`, kind);
  if (kind !== 'uuid' || !table.indexed.includes(column)) return `${uuid} in (${query})`;
  return `${uuid} = any (array(${query}))`;
}

/** Whether a column names a wanted uuid. */
export function uuidIsWanted(table: Table, alias: string, column: string, wanted: Wanted): string {
  const kind = columnOf(table, column)?.type.kind ?? '';
  const uuid = asUuid(`${alias}.${ident(column)}`, kind);
  return wanted.hasUuid(uuid);
}

/**
 * Whether a row is wanted for its own id: because that is its key, or because it is named by it.
 *
 * @param row its alias, and the column that is its id
 * @param namesNothing conditions that hold together where nothing else gives the row its key
 */
export function isWantedById(
  table: Table,
  { alias, id: name }: { readonly alias: string; readonly id: string },
  namesNothing: readonly string[],
  wanted: Wanted,
): string[] {
  const id = columnOf(table, name);
  const byId = id?.type.kind === 'uuid' ? uuidIsWanted(table, alias, name, wanted) : null;
  const asKey = (condition: string) => [...namesNothing, condition].join(' and ');
  // Without a uuid of its own, a row's key is made of all its values.
  if (byId === null) return [asKey('true')];
  return [asKey(byId), ...(id?.notNull === true ? [] : [asKey(`${alias}.${ident(name)} is null`)])];
}

/** Whether a column gives no uuid. */
export function givesNoUuid(table: Table, alias: string, column: string): string {
  return `${asUuid(`${alias}.${ident(column)}`, columnOf(table, column)?.type.kind ?? '')} is null`;
}

/**
 * The rows of a table for which any of the conditions holds. Each is looked for by itself, by an index where there is
 * one, and the rows are fetched by their places: of several conditions together, the server would go through whole
 * lists for every row that it found.
 */
export function rowsWhere(relation: string, alias: string, conditions: readonly string[]): string {
  const places = conditions.map(
    (condition) => `select ${alias}.ctid from ${relation} ${alias} where ${condition}`,
  );
  return `from ${relation} ${alias} where ${alias}.ctid = any (array(${places.join('\nunion all ')}))`;
}

/** The candidates themselves, as the CTE `r`. */
export function candidates(source: BoundSource, wanted: Wanted, conditions: readonly string[]): string {
  const rows =
    wanted.places === null
      ? rowsWhere(tableOf(source), 'r', conditions)
      : `from ${tableOf(source)} r where r.ctid = any (array(${wanted.places}))`;
  return `r as materialized (select r.* ${rows})`;
}

export function withClause(queries: readonly string[]): string {
  return `with ${queries.join(',\n')}`;
}

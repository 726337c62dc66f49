import type { CatalogColumn, CatalogTable } from '../legacy/catalog.js';
import { hashedRow, rowHashes } from '../verify/hash.js';

/**
 * Hashes a table as the verifier does, in a way that another database gives again: a value of a type that is not the
 * server's own goes in as its text, because an enum is hashed by the oids of its labels, which no two databases share.
 */
export function portableHashes({ columns }: Pick<CatalogTable, 'columns'>, alias: string): string {
  return rowHashes(hashedRow(columns.map(asText), alias));
}

function asText(column: CatalogColumn): CatalogColumn {
  return column.type.kind.startsWith('other.')
    ? { ...column, type: { ...column.type, exactEquality: false } }
    : column;
}

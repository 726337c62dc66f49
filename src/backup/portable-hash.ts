import type { CatalogColumn, CatalogTable } from '../legacy/catalog.js';
import { hashedRow, rowHashes } from '../verify/hash.js';

/**
 * Hashes a table as the verifier does, in a way that another database gives again: a value of a type that is not the
 * server's own, or that names an object, goes in as its text. An enum is hashed by the oids of its labels, and what is sent
 * holds oids, which no two databases share.
 */
export function portableHashes({ columns }: Pick<CatalogTable, 'columns'>, alias: string): string {
  return rowHashes(hashedRow(columns.map(asText), alias));
}

function asText(column: CatalogColumn): CatalogColumn {
  const { type } = column;
  const isOurs = type.sameBy === 'value' && !type.kind.startsWith('other.');
  return isOurs ? column : { ...column, type: { ...type, sameBy: 'text' } };
}

import { join } from 'node:path';
import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { CatalogTable } from '../legacy/catalog.js';
import type { TableDefinition } from './catalog/document.js';
import { LineTooLongError } from './digest.js';
import type { ManifestTable } from './manifest.js';
import { portableHashes } from './portable-hash.js';
import type { ScopedTable } from './scope.js';
import { GIVEN_UP } from './states.js';
import { writeCompressed } from './table-file.js';

/**
 * Writes one table into its file, and hashes it, in the snapshot of the session's transaction. Three counts have to
 * agree: of the rows that the server sent, of the lines that were written, and of a query of its own.
 */
export async function saveTable(
  session: Session,
  { part, table }: ScopedTable,
  definition: TableDefinition,
  to: { readonly directory: string; readonly number: number },
  signal: AbortSignal | undefined,
): Promise<ManifestTable> {
  const columns = copiedColumns(definition);
  const file = `${String(to.number).padStart(2, '0')}-${table.name.replace(/[^A-Za-z0-9_]/g, '_')}.copy.gz`;
  const copy = session.copyOut(copyStatement(table, columns, 'to stdout'));
  const written = await writeCompressed(join(to.directory, file), copy, signal).catch((error: unknown) => {
    throw error instanceof LineTooLongError ? tooLong(table, error) : error;
  });
  const { rows, hash } = await hashTable(session, table);
  if (copy.rowCount !== rows || written.rows !== rows)
    throw miscounted(table, [copy.rowCount, written.rows, rows]);
  return { schema: table.schema, name: table.name, part, file, columns, ...written, hash };
}

function tooLong({ schema, name }: CatalogTable, cause: LineTooLongError): DrydockError {
  return new DrydockError({
    code: 'unsupported-table',
    what: `In table ${schema}.${name} ${cause.message}, which no restore takes.`,
    state: GIVEN_UP,
    next: 'Back this table up with pg_dump.',
    cause,
  });
}

/** The columns whose values are kept; the others are computed from them. */
function copiedColumns({ schema, name, columns }: TableDefinition): string[] {
  const copied = columns.filter(({ generated }) => generated === '').map((column) => column.name);
  if (copied.length > 0) return copied;
  throw new DrydockError({
    code: 'unsupported-table',
    what: `Table ${schema}.${name} has no column of its own.`,
    state: GIVEN_UP,
    next: 'Drop it, or back it up with pg_dump.',
  });
}

/** `copy table (columns) to stdout` or `from stdin`: text, as the pinned settings of every session print it. */
export function copyStatement(
  { schema, name }: { readonly schema: string; readonly name: string },
  columns: readonly string[],
  direction: 'to stdout' | 'from stdin',
): string {
  return `copy ${qualified(schema, name)} (${columns.map(ident).join(', ')}) ${direction}`;
}

/** Count and hash of a table, generated columns included. */
export async function hashTable(
  session: Session,
  table: Pick<CatalogTable, 'schema' | 'name' | 'columns'>,
): Promise<{ readonly rows: number; readonly hash: string }> {
  const row = await session.one(
    `select ${portableHashes(table, 'r')} from only ${qualified(table.schema, table.name)} r`,
  );
  return { rows: Number(row.rows), hash: `${row.hash1}:${row.hash2}` };
}

function miscounted(table: CatalogTable, counts: readonly number[]): DrydockError {
  return new DrydockError({
    code: 'miscounted',
    what: `Table ${table.schema}.${table.name} gave ${counts[0]} rows to the copy, of which ${counts[1]} were written, and ${counts[2]} to a count in the same snapshot.`,
    state: 'The backup was given up, and its files were removed.',
    next: 'Give the command again with --verbose, and report it.',
  });
}

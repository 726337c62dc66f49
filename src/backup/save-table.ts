import { join } from 'node:path';
import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { CatalogTable } from '../legacy/catalog.js';
import { sentBytes, spelled } from '../types/spelling.js';
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
  await requireWholeTexts(session, table, columns);
  const copy = session.copyOut(copyOutStatement(table, columns));
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

/**
 * A file holds texts. What a type of others prints of a value may be less than the value (a `unit` is rounded to the digits of a
 * float8 that it prints): such a one would come back as another.
 */
async function requireWholeTexts(
  session: Session,
  table: CatalogTable,
  columns: readonly string[],
): Promise<void> {
  const others = table.columns.filter(({ name, type }) => type.sameBy === 'bytes' && columns.includes(name));
  if (others.length === 0) return;
  const cases = others.map(({ name, type }) => {
    const value = `r.${ident(name)}`;
    const read = `(${spelled(value, type.hiding)})::${type.name}`;
    return `when ${sentBytes(value)} is distinct from ${sentBytes(read)} then ${literal(name)}`;
  });
  const [found] = await session.query(
    `select c.name from (select case ${cases.join(' ')} end as name from only ${qualified(table.schema, table.name)} r) c
     where c.name is not null limit 1`,
  );
  if (found === undefined) return;
  throw new DrydockError({
    code: 'lossy-text',
    what: `Column ${String(found.name)} of ${table.schema}.${table.name} holds a value that its type prints as another one: no backup of texts, pg_dump's included, gives it back.`,
    state: 'The backup was given up, and its files were removed.',
    next: 'Round these values to what is printed of them (set the column to its own text), or go without a backup of this table.',
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

/** `copy table (columns) from stdin`: text, as the pinned settings of every session read it. */
export function copyInStatement(
  { schema, name }: Pick<CatalogTable, 'schema' | 'name'>,
  columns: readonly string[],
): string {
  return `copy ${qualified(schema, name)} (${columns.map(ident).join(', ')}) from stdin`;
}

/** The same to stdout. Where what the server prints of a value is less than the value, its text is put together. */
export function copyOutStatement(
  table: Pick<CatalogTable, 'schema' | 'name' | 'columns'>,
  columns: readonly string[],
): string {
  const from = qualified(table.schema, table.name);
  const hiding = new Map(table.columns.map(({ name, type }) => [name, type.hiding]));
  if (columns.every((name) => (hiding.get(name) ?? null) === null))
    return `copy ${from} (${columns.map(ident).join(', ')}) to stdout`;
  const values = columns.map((name) => {
    const node = hiding.get(name) ?? null;
    return node === null ? `r.${ident(name)}` : spelled(`r.${ident(name)}`, node);
  });
  return `copy (select ${values.join(', ')} from only ${from} r) to stdout`;
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

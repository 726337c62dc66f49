import type { Session, TextRow } from '../db/session.js';
import { COLUMN_SQL, TABLE_SQL } from './catalog-sql.js';

/** How far a type's equality can be trusted to be identity, which decides how it is hashed. */
export interface ColumnType {
  /** As `format_type` prints it, qualified where needed: usable in DDL and casts. */
  readonly name: string;
  /** The type below all domains; a column of ours has this one, and the view casts to `name`. */
  readonly base: string;
  /** Internal name of the base type without modifier: `text`, `int4`, `numeric`, `_text`. */
  readonly kind: string;
  /** Type category of pg_type: N numbers, S strings, D dates, E enums. */
  readonly category: string;
  /** `numeric(p, s)` rather than plain `numeric`. */
  readonly hasModifier: boolean;
  /** Digits behind the point of a `numeric(p, s)`. */
  readonly scale: number | null;
  /** Quoted collation, where it is not the type's own. */
  readonly collation: string | null;
  /** Values can be sent and taken in binary, and are the same then; most are. Of xml the declaration is not sent. */
  readonly binary: boolean;
  /** Equal values always print the same, and the type has an extended hash function. */
  readonly exactEquality: boolean;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  /** pg_class.relkind: r table, p partitioned, v view, m materialized view, f foreign. */
  readonly kind: string;
  readonly columns: readonly CatalogColumn[];
  /** The columns of each unique index without predicate or expression. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Columns that a complete index begins with, so that all rows with one value of them are found by it. */
  readonly indexed: readonly string[];
  readonly bytes: number;
  readonly estimatedRows: number;
  readonly comment: string | null;
  readonly canSelect: boolean;
  readonly canReference: boolean;
  /** Whether row-level security hides rows from this user. */
  readonly hidesRows: boolean;
  /** Whether rows of tables that inherit from it are its rows, too: neither its keys nor a reference to it knows of those. */
  readonly hasChildren: boolean;
}

/** Base types whose equality operator means the very same value, and that hash. */
const EXACT_KINDS = new Set([
  'bool',
  'bytea',
  'char',
  'name',
  'int8',
  'int2',
  'int4',
  'oid',
  'text',
  'varchar',
  'uuid',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'pg_lsn',
]);

/** A table by its name. */
export type TableName = Pick<CatalogTable, 'schema' | 'name'>;

export function columnOf(table: Pick<CatalogTable, 'columns'>, name: string): CatalogColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/** Whether a column names one row: a unique index of its own, and no nulls. */
export function isUniqueKey(table: Pick<CatalogTable, 'columns' | 'uniqueKeys'>, name: string): boolean {
  return (
    columnOf(table, name)?.notNull === true &&
    table.uniqueKeys.some((key) => key.length === 1 && key[0] === name)
  );
}

/** Reads one table from the catalog; undefined when it is not there. */
export async function readTable(
  session: Session,
  schema: string,
  name: string,
): Promise<CatalogTable | undefined> {
  const [table] = await readTables(session, [{ schema, name }]);
  return table;
}

/**
 * Reads those of the tables that are there, in no order. All at once: the server takes longer to plan these statements
 * than to carry them out.
 */
export async function readTables(session: Session, names: readonly TableName[]): Promise<CatalogTable[]> {
  const tables = await session.query(TABLE_SQL, [
    JSON.stringify(names.map(({ schema, name }) => ({ schema, name }))),
  ]);
  if (tables.length === 0) return [];
  const columns = await session.query(COLUMN_SQL, [tables.map(({ oid }) => oid).join(',')]);
  return tables.map(
    (table): CatalogTable => ({
      schema: String(table.schema),
      name: String(table.name),
      oid: String(table.oid),
      kind: String(table.kind),
      columns: columns.filter((column) => column.table_oid === table.oid).map(columnFrom),
      uniqueKeys: JSON.parse(String(table.unique_keys)) as string[][],
      indexed: JSON.parse(String(table.indexed)) as string[],
      bytes: Number(table.bytes),
      estimatedRows: Math.max(0, Number(table.estimated_rows)),
      comment: table.comment ?? null,
      canSelect: table.can_select === 'true',
      canReference: table.can_reference === 'true',
      hidesRows: table.hides_rows === 'true',
      hasChildren: table.has_children === 'true',
    }),
  );
}

function columnFrom(row: TextRow): CatalogColumn {
  const kind = String(row.kind);
  const typmod = Number(row.typmod);
  const builtin = row.builtin === 't';
  return {
    name: String(row.name),
    notNull: row.not_null === 'true',
    type: {
      name: String(row.type_name),
      base: String(row.base_name),
      kind: builtin ? kind : `other.${kind}`,
      category: String(row.category),
      hasModifier: typmod >= 0,
      // numeric's modifier holds precision << 16 | scale (11 bits, signed), plus 4
      scale: kind === 'numeric' && typmod >= 0 ? (((typmod - 4) & 0x7ff) ^ 1024) - 1024 : null,
      collation: row.collation ?? null,
      binary: row.binary === 'true',
      exactEquality:
        row.deterministic === 'true' && (row.typtype === 'e' || (builtin && EXACT_KINDS.has(kind))),
    },
  };
}

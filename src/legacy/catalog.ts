import type { Session, TextRow } from '../db/session.js';
import type { TypeFacts } from '../types/builtin.js';
import { needsSpelling, sameBy, type TypeNode, travelsInBinary } from '../types/type-node.js';
import { COLUMN_SQL, TABLE_SQL } from './catalog-sql.js';
import { readTypeNodes } from './type-nodes.js';

/** The type of a column, and what its values can be trusted with: what that rests on is in one table, see `types/builtin.ts`. */
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
  /** Values can be sent and taken in binary, and are the same then; most are. */
  readonly binary: boolean;
  readonly isArray: boolean;
  /** What says that two values are the same one. */
  readonly sameBy: TypeFacts['sameBy'];
  /** How the type is made, where what it prints of a value hides something of it; else null. */
  readonly hiding: TypeNode | null;
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

/** A table by its name. */
export type TableName = Pick<CatalogTable, 'schema' | 'name'>;

export function columnOf(table: Pick<CatalogTable, 'columns'>, name: string): CatalogColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/** Whether a column names one row: a unique index of its own, and no nulls. */
export function isUniqueKey(table: Pick<CatalogTable, 'columns' | 'uniqueKeys'>, name: string): boolean {
  return isIdentity(table, [name]);
}

/** Whether columns together name one row: a unique index on some of them, and no nulls. */
export function isIdentity(
  table: Pick<CatalogTable, 'columns' | 'uniqueKeys'>,
  names: readonly string[],
): boolean {
  return (
    names.length > 0 &&
    names.every((name) => columnOf(table, name)?.notNull === true) &&
    table.uniqueKeys.some((key) => key.every((column) => names.includes(column)))
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
  const nodeOf = await readTypeNodes(
    session,
    columns.map((column) => String(column.base_oid)),
  );
  return tables.map(
    (table): CatalogTable => ({
      schema: String(table.schema),
      name: String(table.name),
      oid: String(table.oid),
      kind: String(table.kind),
      columns: columns
        .filter((column) => column.table_oid === table.oid)
        .map((column) => columnFrom(column, nodeOf(String(column.base_oid)))),
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

function columnFrom(row: TextRow, node: TypeNode): CatalogColumn {
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
      binary: travelsInBinary(node),
      isArray: node.made === 'array',
      sameBy: row.deterministic === 'true' ? sameBy(node) : looser(sameBy(node)),
      hiding: needsSpelling(node) ? node : null,
    },
  };
}

/** Where a collation holds different texts for equal. */
function looser(by: TypeFacts['sameBy']): TypeFacts['sameBy'] {
  return by === 'value' ? 'text' : by;
}

import { totalBytes } from '../db/relation-size.js';
import type { Session } from '../db/session.js';

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

const TABLE_SQL = `
select c.oid::text as oid, c.relkind::text as kind, c.reltuples::bigint::text as estimated_rows,
  case when c.relkind in ('r', 'p', 'm') then ${totalBytes('c.oid')} else 0 end::text as bytes,
  obj_description(c.oid, 'pg_class') as comment,
  has_table_privilege(c.oid, 'select')::text as can_select,
  has_table_privilege(c.oid, 'references')::text as can_reference,
  row_security_active(c.oid)::text as hides_rows,
  coalesce((
    select json_agg((
      select json_agg(a.attname order by a.attnum)
      from pg_attribute a
      where a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
    ))
    from pg_index i
    where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
      and i.indnkeyatts = i.indnatts
  ), '[]')::text as unique_keys,
  coalesce((
    select json_agg(distinct a.attname)
    from pg_index i
    join pg_class x on x.oid = i.indexrelid
    join pg_am m on m.oid = x.relam and m.amname in ('btree', 'hash')
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indrelid = c.oid and i.indisvalid and i.indpred is null
  ), '[]')::text as indexed
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relname = $2::text and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

const COLUMN_SQL = `
with recursive base (attnum, oid, typmod) as (
  select a.attnum, a.atttypid, a.atttypmod
  from pg_attribute a
  where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped
  union all
  select b.attnum, t.typbasetype, t.typtypmod
  from base b
  join pg_type t on t.oid = b.oid and t.typtype = 'd'
)
select a.attname as name, a.attnotnull::text as not_null,
  format_type(a.atttypid, a.atttypmod) as type_name, format_type(b.oid, b.typmod) as base_name,
  bt.typname as kind, bt.typcategory::text as category, bt.typtype::text as typtype, b.typmod::text as typmod,
  bn.nspname = 'pg_catalog' as builtin,
  (bt.oid <> 'pg_catalog.xml'::pg_catalog.regtype and bt.typsend <> 0 and bt.typreceive <> 0 and coalesce(et.typsend <> 0 and et.typreceive <> 0, true))::text as binary,
  case when a.attcollation <> t.typcollation then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end as collation,
  coalesce(co.collisdeterministic, true)::text as deterministic
from pg_attribute a
join pg_type t on t.oid = a.atttypid
join base b on b.attnum = a.attnum
join pg_type bt on bt.oid = b.oid and bt.typtype <> 'd'
left join pg_type et on et.oid = bt.typelem and bt.typcategory = 'A'
join pg_namespace bn on bn.oid = bt.typnamespace
left join pg_collation co on co.oid = a.attcollation
left join pg_namespace cn on cn.oid = co.collnamespace
where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

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
  const [table] = await session.query(TABLE_SQL, [schema, name]);
  if (table === undefined) return undefined;
  const oid = String(table.oid);
  const columns = (await session.query(COLUMN_SQL, [oid])).map((row): CatalogColumn => {
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
  });
  return {
    schema,
    name,
    oid,
    kind: String(table.kind),
    columns,
    uniqueKeys: JSON.parse(String(table.unique_keys)) as string[][],
    indexed: JSON.parse(String(table.indexed)) as string[],
    bytes: Number(table.bytes),
    estimatedRows: Math.max(0, Number(table.estimated_rows)),
    comment: table.comment ?? null,
    canSelect: table.can_select === 'true',
    canReference: table.can_reference === 'true',
    hidesRows: table.hides_rows === 'true',
  };
}

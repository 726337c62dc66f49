import { totalBytes } from '../db/relation-size.js';

/** The tables of `$1`, a JSON list of schemas and names. */
export const TABLE_SQL = `
select n.nspname as schema, c.relname as name, c.oid::text as oid, c.relkind::text as kind, c.reltuples::bigint::text as estimated_rows,
  case when c.relkind in ('r', 'p', 'm') then ${totalBytes('c.oid')} else 0 end::text as bytes,
  obj_description(c.oid, 'pg_class') as comment,
  has_table_privilege(c.oid, 'select')::text as can_select,
  has_table_privilege(c.oid, 'references')::text as can_reference,
  row_security_active(c.oid)::text as hides_rows,
  (c.relkind = 'r' and exists (select from pg_inherits h where h.inhparent = c.oid))::text as has_children,
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
from json_to_recordset($1::text::json) as wanted (schema text, name text)
join pg_namespace n on n.nspname = wanted.schema
join pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

/**
 * The columns of the tables of `$1`, oids parted by commas; those of one table in their order. NOT NULL that was not
 * validated (18 and newer) says nothing of the rows that are there.
 */
export const COLUMN_SQL = `
with recursive base (attrelid, attnum, oid, typmod) as (
  select a.attrelid, a.attnum, a.atttypid, a.atttypmod
  from pg_attribute a
  where a.attrelid = any (string_to_array($1::text, ',')::oid[]) and a.attnum > 0 and not a.attisdropped
  union all
  select b.attrelid, b.attnum, t.typbasetype, t.typtypmod
  from base b
  join pg_type t on t.oid = b.oid and t.typtype = 'd'
)
select a.attrelid::text as table_oid, a.attname as name,
  (a.attnotnull and not exists (
    select from pg_constraint n where n.conrelid = a.attrelid and n.contype = 'n' and not n.convalidated and a.attnum = any (n.conkey)
  ))::text as not_null,
  format_type(a.atttypid, a.atttypmod) as type_name, format_type(b.oid, b.typmod) as base_name,
  bt.oid::text as base_oid, bt.typname as kind, bt.typcategory::text as category, b.typmod::text as typmod,
  bn.nspname = 'pg_catalog' as builtin,
  case when a.attcollation <> t.typcollation then quote_ident(cn.nspname) || '.' || quote_ident(co.collname) end as collation,
  coalesce(co.collisdeterministic, true)::text as deterministic
from pg_attribute a
join pg_type t on t.oid = a.atttypid
join base b on b.attrelid = a.attrelid and b.attnum = a.attnum
join pg_type bt on bt.oid = b.oid and bt.typtype <> 'd'
join pg_namespace bn on bn.oid = bt.typnamespace
left join pg_collation co on co.oid = a.attcollation
left join pg_namespace cn on cn.oid = co.collnamespace
where a.attrelid = any (string_to_array($1::text, ',')::oid[]) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum`;

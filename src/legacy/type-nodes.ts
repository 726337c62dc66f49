import type { Session, TextRow } from '../db/session.js';
import { factsOf } from '../types/builtin.js';
import type { TypeNode } from '../types/type-node.js';

/** The types of `$1`, oids parted by commas, and all that they are made of. */
const TYPES_SQL = `
with recursive part (oid) as (
  select unnest(string_to_array($1::text, ',')::oid[])
  union
  select x.oid
  from part p
  join pg_type t on t.oid = p.oid
  cross join lateral (
    select t.typbasetype where t.typtype = 'd'
    union all select t.typelem where t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
    union all select a.atttypid from pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    union all select g.rngsubtype from pg_range g where g.rngtypid = t.oid
    union all select g.rngtypid from pg_range g where g.rngmultitypid = t.oid
  ) x (oid)
)
select t.oid::text as oid, t.typname as kind, t.typcategory::text as category, n.nspname = 'pg_catalog' as builtin,
  t.typsend <> 0 and t.typreceive <> 0 as sends,
  case when t.typtype = 'd' then 'domain' when t.typtype = 'c' then 'composite' when t.typtype in ('r', 'm') then 'range'
    when t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc then 'array' else 'plain' end as made,
  coalesce(
    (select g.rngsubtype from pg_range g where g.rngtypid = t.oid),
    (select g.rngtypid from pg_range g where g.rngmultitypid = t.oid),
    case when t.typtype = 'd' then t.typbasetype else t.typelem end
  )::text as part,
  coalesce((
    select json_agg(json_build_array(a.attname, a.atttypid::text) order by a.attnum)
    from pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
  ), '[]')::text as fields
from part p
join pg_type t on t.oid = p.oid
join pg_namespace n on n.oid = t.typnamespace`;

/** How the types of some columns are made, by their oids. */
export async function readTypeNodes(
  session: Session,
  oids: Iterable<string>,
): Promise<(oid: string) => TypeNode> {
  const wanted = [...new Set(oids)];
  const rows = wanted.length === 0 ? [] : await session.query(TYPES_SQL, [wanted.join(',')]);
  const byOid = new Map(rows.map((row) => [String(row.oid), row]));
  const nodes = new Map<string, TypeNode>();
  const nodeOf = (oid: string): TypeNode => {
    const row = byOid.get(oid);
    if (row === undefined) throw new Error(`type ${oid} is not in the catalog any more`);
    const node = nodes.get(oid) ?? made(row, nodeOf);
    nodes.set(oid, node);
    return node;
  };
  return nodeOf;
}

/** The server's own vectors are arrays for reading, and types of their own for all else. */
const VECTORS = new Set(['int2vector', 'oidvector']);

function made(row: TextRow, nodeOf: (oid: string) => TypeNode): TypeNode {
  const isBuiltIn = row.builtin === 't';
  const kind = String(row.kind);
  switch (isBuiltIn && VECTORS.has(kind) ? 'plain' : row.made) {
    case 'array':
    case 'range':
    case 'domain':
      return { made: row.made as 'array' | 'range' | 'domain', of: nodeOf(String(row.part)) };
    case 'composite': {
      const fields = JSON.parse(String(row.fields)) as (readonly [string, string])[];
      return { made: 'composite', fields: fields.map(([name, oid]) => ({ name, type: nodeOf(oid) })) };
    }
    default:
      return {
        made: 'plain',
        facts: factsOf(kind, isBuiltIn, String(row.category)),
        sends: row.sends === 't',
      };
  }
}

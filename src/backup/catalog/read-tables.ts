import { z } from 'zod';
import type { Session } from '../../db/session.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import { catalogDocument, type TableDefinition } from './document.js';
import { afterHead, askUnderPath, collationSql, grantsSql } from './under-path.js';

const COLUMNS = `select json_agg(json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
    'collation', ${collationSql('a.attcollation', 't.typcollation')},
    'notNull', a.attnotnull and coalesce(nn.convalidated, true), 'notNullName', nn.conname,
    'default', pg_get_expr(d.adbin, d.adrelid), 'generated', a.attgenerated, 'identity', a.attidentity,
    'storage', case when a.attstorage <> t.typstorage then
      case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'x' then 'extended' when 'm' then 'main' end end,
    'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
    'statistics', nullif(a.attstattarget, -1)::text, 'options', to_json(a.attoptions),
    'comment', col_description(c.oid, a.attnum),
    'grants', case when a.attacl is not null then ${grantsSql('a.attacl')} end
  ) order by a.attnum)
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_constraint nn on nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey = array[a.attnum]
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

const CONSTRAINTS = `select json_agg(json_build_object(
    'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
    'clustered', coalesce(i.indisclustered, false), 'replicaIdentity', coalesce(i.indisreplident, false),
    'options', case when k.contype in ('p', 'u') then to_json(ic.reloptions) end, 'comment', obj_description(k.oid, 'pg_constraint')
  ) order by k.conname)
  from pg_constraint k left join pg_index i on i.indexrelid = k.conindid left join pg_class ic on ic.oid = i.indexrelid
  where k.conrelid = c.oid and (k.contype in ('c', 'p', 'u', 'x') or k.contype = 'n' and not k.convalidated)`;

const FOREIGN_KEYS = `select json_agg(json_build_object(
    'name', k.conname, 'definition', pg_get_constraintdef(k.oid),
    'target', json_build_object('schema', fn.nspname, 'table', f.relname),
    'comment', obj_description(k.oid, 'pg_constraint')
  ) order by k.conname)
  from pg_constraint k join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0`;

const INDEX_HEAD = `format('CREATE %sINDEX %I ON %I.%I USING ', case when i.indisunique then 'UNIQUE ' else '' end, ic.relname, n.nspname, c.relname)`;

const INDEXES = `select json_agg(json_build_object(
    'name', ic.relname, 'unique', i.indisunique, 'definition', ${afterHead('pg_get_indexdef(i.indexrelid)', INDEX_HEAD)},
    'clustered', i.indisclustered, 'replicaIdentity', i.indisreplident, 'comment', obj_description(ic.oid, 'pg_class'),
    'statistics', coalesce((select json_agg(json_build_object('column', a.attnum, 'target', a.attstattarget::text) order by a.attnum)
      from pg_attribute a where a.attrelid = ic.oid and a.attstattarget >= 0), '[]')
  ) order by ic.relname)
  from pg_index i join pg_class ic on ic.oid = i.indexrelid
  where i.indrelid = c.oid and i.indisvalid
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`;

/** Bits of pg_trigger.tgtype, in the order in which the server prints what they stand for. */
const TRIGGER_WHEN = `(case when g.tgtype & 64 <> 0 then 'INSTEAD OF ' when g.tgtype & 2 <> 0 then 'BEFORE ' else 'AFTER ' end
  || concat_ws(' OR ', case when g.tgtype & 4 <> 0 then 'INSERT' end, case when g.tgtype & 8 <> 0 then 'DELETE' end,
    case when g.tgtype & 16 <> 0 then 'UPDATE' || coalesce((
      select ' OF ' || string_agg(quote_ident(a.attname), ', ' order by u.n)
      from unnest(g.tgattr::int2[]) with ordinality u (attnum, n) join pg_attribute a on a.attrelid = g.tgrelid and a.attnum = u.attnum), '') end,
    case when g.tgtype & 32 <> 0 then 'TRUNCATE' end))`;

const TRIGGER_HEAD = `format('CREATE %sTRIGGER %I %s ON %I.%I ', case when g.tgconstraint <> 0 then 'CONSTRAINT ' else '' end,
  g.tgname, ${TRIGGER_WHEN}, n.nspname, c.relname)`;

/** Triggers of ours are no part of the table: they belong to what Drydock is doing at the moment. */
const TRIGGERS = `select json_agg(json_build_object(
    'name', g.tgname, 'constraint', g.tgconstraint <> 0, 'when', ${TRIGGER_WHEN},
    'definition', ${afterHead('pg_get_triggerdef(g.oid)', TRIGGER_HEAD)}, 'enabled', g.tgenabled,
    'comment', obj_description(g.oid, 'pg_trigger')
  ) order by g.tgname)
  from pg_trigger g join pg_proc p on p.oid = g.tgfoid join pg_namespace pn on pn.oid = p.pronamespace
  where g.tgrelid = c.oid and not g.tgisinternal and pn.nspname not in ('${LEDGER_SCHEMA}', '${FUNCTIONS_SCHEMA}')`;

const POLICIES = `select json_agg(json_build_object(
    'name', o.polname, 'permissive', o.polpermissive,
    'command', case o.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'roles', (select json_agg(r.rolname order by r.rolname nulls first) from unnest(o.polroles) u left join pg_roles r on r.oid = u),
    'using', pg_get_expr(o.polqual, o.polrelid), 'check', pg_get_expr(o.polwithcheck, o.polrelid),
    'namesOthers', exists (select from pg_depend d join pg_class x on x.oid = d.refobjid and x.relkind in ('r', 'p', 'v', 'm', 'f')
      where d.classid = 'pg_policy'::regclass and d.objid = o.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> all ($2::text::oid[])),
    'comment', obj_description(o.oid, 'pg_policy')
  ) order by o.polname) from pg_policy o where o.polrelid = c.oid`;

const STATISTICS = `select json_agg(json_build_object(
    'schema', sn.nspname, 'name', s.stxname, 'owner', pg_get_userbyid(s.stxowner),
    'definition', ${afterHead('pg_get_statisticsobjdef(s.oid)', `format('CREATE STATISTICS %I.%I', sn.nspname, s.stxname)`)},
    'target', nullif(s.stxstattarget, -1)::text, 'comment', obj_description(s.oid, 'pg_statistic_ext')
  ) order by s.stxname) from pg_statistic_ext s join pg_namespace sn on sn.oid = s.stxnamespace where s.stxrelid = c.oid`;

const TABLES = `json_build_object(
    'schema', n.nspname, 'name', c.relname, 'owner', r.rolname, 'persistence', c.relpersistence,
    'grants', ${grantsSql(`coalesce(c.relacl, acldefault('r', c.relowner))`)},
    'comment', obj_description(c.oid, 'pg_class'), 'options', to_json(c.reloptions),
    'toastOptions', (select to_json(x.reloptions) from pg_class x where x.oid = c.reltoastrelid),
    'rowSecurity', c.relrowsecurity, 'forceRowSecurity', c.relforcerowsecurity, 'replicaIdentity', c.relreplident,
    'columns', coalesce((${COLUMNS}), '[]'), 'constraints', coalesce((${CONSTRAINTS}), '[]'),
    'foreignKeys', coalesce((${FOREIGN_KEYS}), '[]'), 'indexes', coalesce((${INDEXES}), '[]'),
    'triggers', coalesce((${TRIGGERS}), '[]'), 'policies', coalesce((${POLICIES}), '[]'),
    'statistics', coalesce((${STATISTICS}), '[]')
  )::text as document
  from path cross join pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
  where c.oid = any ($2::text::oid[]) order by array_position($2::text::oid[], c.oid)`;

/** Reads tables with all that is part of them, in the order given. */
export async function readTables(
  session: Session,
  path: string,
  oids: readonly string[],
): Promise<TableDefinition[]> {
  const documents = await askUnderPath(session, path, TABLES, [`{${oids.join(',')}}`]);
  return z.array(catalogDocument.shape.tables.element).parse(documents);
}

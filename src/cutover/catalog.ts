import type { Session } from '../db/session.js';
import type { LegacyTable } from '../legacy/detect.js';
import { isException } from '../legacy/newer-catalog.js';
import { oidArray } from './preflight/findings.js';

/** What hangs on a set of tables, as canonical JSON text: two texts are equal when nothing about it is different. */
export type CatalogText = string;

/** Names what is ours by where its function is: it comes and goes with the phase. */
const NOT_OURS = `n.nspname <> 'drydock'`;

/** Each part of the picture: a query that gives `item` (a name) and `value` (jsonb) for each thing. */
const PARTS: Readonly<Record<string, string>> = {
  // Who printed all of this: another version prints the same otherwise.
  server: `select 'version' as item, jsonb_build_object('number', current_setting('server_version_num')::int) as value`,
  tables: `select c.oid::regclass::text as item, jsonb_build_object(
      'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_get_userbyid(c.relowner), 'acl', c.relacl::text[],
      'options', c.reloptions, 'rowSecurity', c.relrowsecurity, 'forced', c.relforcerowsecurity,
      'replicaIdentity', c.relreplident, 'tablespace', (select s.spcname from pg_tablespace s where s.oid = c.reltablespace), 'comment', obj_description(c.oid, 'pg_class')) as value
    from pg_class c where c.oid = any ($1::text::oid[])`,
  columns: `select a.attrelid::regclass || '.' || quote_ident(a.attname) as item, jsonb_build_object(
      'at', (select count(*) from pg_attribute b where b.attrelid = a.attrelid and b.attnum between 1 and a.attnum and not b.attisdropped), 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated,
      'collation', a.attcollation::regcollation::text, 'storage', a.attstorage, 'acl', a.attacl::text[],
      'options', a.attoptions, 'comment', col_description(a.attrelid, a.attnum)) as value
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = any ($1::text::oid[]) and a.attnum > 0 and not a.attisdropped`,
  constraints: `select c.conrelid::regclass || '.' || quote_ident(c.conname) as item, jsonb_build_object(
      'definition', pg_get_constraintdef(c.oid), 'validated', c.convalidated, 'deferrable', c.condeferrable,
      'comment', obj_description(c.oid, 'pg_constraint')) as value
    from pg_constraint c where c.conrelid = any ($1::text::oid[])`,
  foreignKeysOfOthers: `select c.conrelid::regclass || '.' || quote_ident(c.conname) as item, jsonb_build_object(
      'definition', pg_get_constraintdef(c.oid), 'validated', c.convalidated, 'deferrable', c.condeferrable) as value
    from pg_constraint c
    where c.contype = 'f' and c.confrelid = any ($1::text::oid[]) and c.conrelid <> all ($1::text::oid[])`,
  indexes: `select i.indexrelid::regclass::text as item, jsonb_build_object(
      'definition', pg_get_indexdef(i.indexrelid), 'valid', i.indisvalid, 'clustered', i.indisclustered,
      'replicaIdentity', i.indisreplident, 'comment', obj_description(i.indexrelid, 'pg_class')) as value
    from pg_index i where i.indrelid = any ($1::text::oid[])`,
  triggers: `select t.tgrelid::regclass || '.' || quote_ident(t.tgname) as item, jsonb_build_object(
      'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled) as value
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
    where t.tgrelid = any ($1::text::oid[]) and not t.tgisinternal and ${NOT_OURS}`,
  rules: `select r.ev_class::regclass || '.' || quote_ident(r.rulename) as item, jsonb_build_object(
      'definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled) as value
    from pg_rewrite r where r.ev_class = any ($1::text::oid[])`,
  policies: `select p.polrelid::regclass || '.' || quote_ident(p.polname) as item, jsonb_build_object(
      'command', p.polcmd, 'permissive', p.polpermissive,
      'roles', (select array_agg(case r when 0 then 'public' else pg_get_userbyid(r)::text end order by 1) from unnest(p.polroles) r),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) as value
    from pg_policy p where p.polrelid = any ($1::text::oid[])`,
  statistics: `select quote_ident(s.stxname) as item, jsonb_build_object(
      'definition', pg_get_statisticsobjdef(s.oid), 'owner', pg_get_userbyid(s.stxowner)) as value
    from pg_statistic_ext s where s.stxrelid = any ($1::text::oid[])`,
  sequences: `select s.oid::regclass::text as item, jsonb_build_object(
      'owner', pg_get_userbyid(s.relowner), 'acl', s.relacl::text[], 'column', a.attname, 'kind', d.deptype) as value
    from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = any ($1::text::oid[])
      and d.deptype in ('a', 'i')`,
  dependentViews: `select distinct on (c.oid) c.oid::regclass::text as item, jsonb_build_object(
      'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner), 'acl', c.relacl::text[], 'options', c.reloptions,
      'definition', pg_get_viewdef(c.oid)) as value
    from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = any ($1::text::oid[]) and c.oid <> all ($1::text::oid[])`,
  publications: `select p.pubname || ' ' || r.prrelid::regclass as item,
      case when ${isException('r')} then '"left out"' else to_jsonb(true) end as value
    from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where r.prrelid = any ($1::text::oid[])`,
  inheritance: `select inhrelid::regclass || ' of ' || inhparent::regclass as item, to_jsonb(inhseqno) as value
    from pg_inherits where inhrelid = any ($1::text::oid[]) or inhparent = any ($1::text::oid[])`,
  securityLabels: `select l.provider || ' ' || l.objoid::regclass || ' ' || l.objsubid as item, to_jsonb(l.label) as value
    from pg_seclabel l where l.classoid = 'pg_class'::regclass and l.objoid = any ($1::text::oid[])`,
};

/** Takes the picture, with the tables under their own names. */
export async function readCatalog(
  session: Session,
  tables: readonly Pick<LegacyTable, 'oid'>[],
): Promise<CatalogText> {
  const parts = Object.entries(PARTS).map(
    ([name, query]) =>
      `select '${name}' as part, coalesce(jsonb_object_agg(q.item, q.value), '{}') as things from (${query}) q`,
  );
  const { picture } = await session.one(
    `select jsonb_pretty(jsonb_object_agg(p.part, p.things)) as picture from (${parts.join(' union all ')}) p`,
    [oidArray(tables)],
  );
  // Definitions hold names: those of tables that another phase has moved aside are told as they were.
  const moved = await session.query(
    `select format('%I.%I', m.moved_to, m.table_name) as now, format('%I.%I', m.home, m.table_name) as before
     from drydock.moved_tables m where not m.dropped`,
  );
  return moved.reduce(
    (text, { now, before }) => text.replaceAll(inJson(String(now)), inJson(String(before))),
    String(picture),
  );
}

/** As a text stands inside of a JSON string. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

import type { TestDatabase } from '../support/database.js';

/**
 * What the catalog says of the tables of a schema, a line a fact, asked otherwise than Drydock asks: by what the
 * server prints, in the words of psql. The schema's own name is left out of names.
 */
export async function factsOf(
  database: TestDatabase,
  schema: string,
  tables: readonly string[],
): Promise<string[]> {
  const client = await database.client();
  await client.query(`set search_path = ${JSON.stringify(schema)}`);
  const { rows } = await client.query<{ fact: string }>(FACTS, [schema, tables]);
  return rows.map(({ fact }) =>
    withoutCasts(fact.replaceAll(`${schema}.`, '').replaceAll(`"${schema}".`, '')),
  );
}

/** Expressions have their casts in other places once they were read again. */
export function withoutCasts(text: string): string {
  return text.replaceAll(/::(character varying|text|"Mood")(\(\d+\))?(\[\])?/g, '').replaceAll(/[()]/g, '');
}

const FACTS = `
with t as (
  select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = any ($2)
)
select x::text as fact from (
  select 'table', relname, relowner::regrole::text, relpersistence::text, concat(relrowsecurity, relforcerowsecurity, relreplident),
    reloptions::text, (select r.reloptions::text from pg_class r where r.oid = t.reltoastrelid), obj_description(oid, 'pg_class'),
    (select string_agg(a::text, ' ' order by a::text) from unnest(relacl) a) from t
  union all
  select 'column', t.relname, attname, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid), concat(attnotnull, attidentity, attgenerated, attstorage, attcompression),
    concat(attstattarget, (select array_agg(o) from unnest(attoptions) o where not starts_with(o, 'pg_'))), (select collname::text from pg_collation where oid = attcollation),
    concat(col_description(t.oid, attnum), (select string_agg(x::text, ' ' order by x::text) from unnest(attacl) x))
    from t join pg_attribute a on attrelid = t.oid left join pg_attrdef on adrelid = t.oid and adnum = attnum where attnum > 0 and not attisdropped
  union all
  select 'constraint', t.relname, conname, pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint'), null, null, null, null from t join pg_constraint c on conrelid = t.oid
  union all
  select 'index', t.relname, i.indexrelid::regclass::text, pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class'), concat(indisclustered, indisreplident, indisvalid), null, null, null
    from t join pg_index i on indrelid = t.oid
  union all
  select 'trigger', t.relname, tgname, pg_get_triggerdef(g.oid), tgenabled::text, obj_description(g.oid, 'pg_trigger'), null, null, null from t join pg_trigger g on tgrelid = t.oid where not tgisinternal
  union all
  select 'policy', t.relname, polname, concat(polcmd, polpermissive), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
    (select string_agg(coalesce(rolname, 'public'), ' ' order by rolname) from unnest(polroles) u left join pg_roles r on r.oid = u), obj_description(p.oid, 'pg_policy'), null
    from t join pg_policy p on polrelid = t.oid
  union all
  select 'statistics', t.relname, stxname, pg_get_statisticsobjdef(s.oid), stxstattarget::text, stxowner::regrole::text, null, null, null from t join pg_statistic_ext s on stxrelid = t.oid
  union all
  select 'sequence', sequencename, data_type::text, concat_ws(' ', start_value, min_value, max_value, increment_by, cycle, cache_size), last_value::text, sequenceowner, null, null, null
    from pg_sequences where schemaname = $1
  union all
  select 'function', proname, pg_get_functiondef(p.oid), proowner::regrole::text, (select string_agg(a::text, ' ' order by a::text) from unnest(proacl) a), obj_description(p.oid, 'pg_proc'), null, null, null
    from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = $1
  union all
  select 'type', typname, typtype::text, typowner::regrole::text, pg_get_expr(typdefaultbin, 0), typnotnull::text,
    (select string_agg(enumlabel, '|' order by enumsortorder) from pg_enum where enumtypid = y.oid),
    (select string_agg(conname || pg_get_constraintdef(c.oid), '|' order by conname) from pg_constraint c where contypid = y.oid),
    (select string_agg(a::text, ' ' order by a::text) from unnest(coalesce(typacl, acldefault('T', typowner))) a)
    from pg_type y join pg_namespace n on n.oid = typnamespace where nspname = $1 and typtype in ('e', 'd')
) x order by 1`;

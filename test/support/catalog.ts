import type { TestDatabase } from './database.js';

/** What the catalog lists outside the server's own schemas, a line an object; oids and statistics left out. */
const LISTS: Readonly<Record<string, string>> = {
  schema: `select nspname, nspowner::regrole, nspacl, obj_description(oid, 'pg_namespace') from pg_namespace n`,
  relation: `select n.nspname, c.relname, relkind, relowner::regrole, relacl, relrowsecurity, relpersistence, reloptions,
      relfilenode, obj_description(c.oid, 'pg_class') from pg_class c join pg_namespace n on n.oid = relnamespace`,
  column: `select n.nspname, c.relname, attname, attnum, atttypid::regtype, attnotnull, attacl
      from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace`,
  constraint: `select n.nspname, conname, conrelid::regclass, pg_get_constraintdef(c.oid), convalidated
      from pg_constraint c join pg_namespace n on n.oid = connamespace`,
  trigger: `select n.nspname, tgname, r.relname, tgenabled, pg_get_triggerdef(t.oid)
      from pg_trigger t join pg_class r on r.oid = tgrelid join pg_namespace n on n.oid = relnamespace`,
  function: `select n.nspname, proname, proargtypes, prosrc, proacl from pg_proc join pg_namespace n on n.oid = pronamespace`,
  type: `select n.nspname, typname, typtype from pg_type join pg_namespace n on n.oid = typnamespace`,
  rule: `select n.nspname, rulename, r.relname from pg_rewrite w join pg_class r on r.oid = ev_class join pg_namespace n on n.oid = relnamespace`,
  policy: `select n.nspname, polname, r.relname from pg_policy p join pg_class r on r.oid = polrelid join pg_namespace n on n.oid = relnamespace`,
  defaults: `select coalesce(n.nspname, '') as nspname, defaclacl from pg_default_acl left join pg_namespace n on n.oid = defaclnamespace`,
};

export async function catalogOf(database: TestDatabase): Promise<string[]> {
  const parts = Object.entries(LISTS).map(
    ([kind, query]) =>
      `select concat_ws(' ', '${kind}', x::text) as line from (${query}) x where x.nspname !~ '^(pg_|information_schema)'`,
  );
  const { rows } = await database.query<{ line: string }>(`${parts.join(' union all ')} order by 1`);
  return rows.map((row) => row.line);
}

import type { Session } from '../db/session.js';
import type { Stop } from '../errors/stop.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { TableRule } from '../legacy/table-rule.js';

/**
 * Types of legacy columns that this user may not use: our tables have columns of the same types, and whoever makes a
 * table needs USAGE on them, and on their schemas to name them.
 */
export async function unusableTypes(
  session: Session,
  rules: readonly TableRule[],
  { tables }: LegacyDatabase,
): Promise<Stop[]> {
  const oids = rules
    .filter(({ role }) => role === 'source')
    .flatMap(({ name }) => tables.get(name)?.oid ?? []);
  const rows = await session.query(
    `select distinct quote_ident(n.nspname) as schema, format_type(e.oid, null) as type, current_user as me,
       has_schema_privilege(n.oid, 'usage')::text as schema_usable
     from pg_attribute a join pg_type t on t.oid = a.atttypid
     join pg_type e on e.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
     join pg_namespace n on n.oid = e.typnamespace
     where a.attrelid = any ($1::text::oid[]) and a.attnum > 0 and not a.attisdropped
       and not (has_type_privilege(e.oid, 'usage') and has_schema_privilege(n.oid, 'usage'))
     order by 2`,
    [`{${oids.join(',')}}`],
  );
  return rows.map(({ schema, type, me, schema_usable: isSchemaUsable }) => {
    const object = isSchemaUsable === 'true' ? `type ${type}` : `schema ${schema}`;
    return {
      code: 'missing-privilege',
      message: `User "${me}" may not use ${object}, and a legacy table has a column of type ${type}.`,
      next: `grant usage on ${object} to "${me}"`,
    };
  });
}

import { ident } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';

/** A value for `search_path`: the server's own names first, then these schemas, temporary things last. */
export function searchPath(schemas: readonly string[]): string {
  return ['pg_catalog', ...schemas.map(ident), 'pg_temp'].join(', ');
}

/**
 * Asks the catalog for JSON while some schemas are searched, so that the server leaves them out of what it prints.
 * The question itself is parsed before they are: nothing that stands in those schemas can take the place of a
 * function or operator of ours. Inside a transaction.
 *
 * @param select what follows `select` in a query that may name its parameters from $2 on; `path` has to stand in its
 * `from`, so that the setting is made before anything is printed
 */
export async function askUnderPath(
  session: Session,
  path: string,
  select: string,
  values: readonly string[],
): Promise<unknown[]> {
  try {
    const rows = await session.query(
      `with path as materialized (select set_config('search_path', $1::text, true)) select ${select}`,
      [path, ...values],
    );
    return rows.map((row) => JSON.parse(String(row.document)) as unknown);
  } finally {
    // In a transaction that has failed it is reset by the rollback.
    await session.execute(`set local search_path = ${searchPath([])}`).catch(() => undefined);
  }
}

/** SQL for who may do what: the list of an access control list, or of what stands for a missing one. */
export function grantsSql(acl: string): string {
  return `(select coalesce(json_agg(json_build_object('grantee', g.rolname, 'privilege', a.privilege_type, 'grantable', a.is_grantable)
      order by g.rolname nulls first, a.privilege_type), '[]')
    from (select distinct grantee, privilege_type, is_grantable from aclexplode(${acl})) a left join pg_roles g on g.oid = a.grantee)`;
}

/** SQL for the name of a collation that is not its type's own; null where it is. */
export function collationSql(collation: string, own: string): string {
  return `case when ${collation} <> ${own} then
      (select format('%I.%I', cn.nspname, co.collname) from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = ${collation}) end`;
}

/** SQL for what follows a text that is known word for word; null where the text does not begin like this. */
export function afterHead(text: string, head: string): string {
  return `case when starts_with(${text}, ${head}) then substr(${text}, length(${head}) + 1) end`;
}

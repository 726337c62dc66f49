import type { Session } from '../../db/session.js';
import { isTrusted } from '../../db/trusted-role.js';
import type { LegacyTable } from '../../legacy/detect.js';

/**
 * The schemas of some legacy tables in which the triggers of these tables may look for names when a direct write brings
 * rows to them. They run with the rights of a role then, and so would whatever somebody puts there under a name that they use: a
 * function or an operator there that fits the types exactly even goes before the server's own. So nobody may create in such
 * a schema, nor own what was made there before, whose code may not run with these rights.
 */
export async function trustedHomes(
  session: Session,
  tables: readonly Pick<LegacyTable, 'home'>[],
  role: string,
): Promise<string[]> {
  const rows = await session.query(
    `select n.nspname as name from pg_namespace n join pg_roles runner on runner.rolname = $2::text
     where n.nspname = any ($1::text::name[]) and not exists (
       select from (
         select n.nspowner as role
         union all
         select a.grantee from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a where a.privilege_type = 'CREATE'
         union all
         select p.proowner from pg_proc p where p.pronamespace = n.oid
         union all
         select o.oprowner from pg_operator o where o.oprnamespace = n.oid
       ) g
       left join pg_roles named on named.oid = g.role
       left join pg_database d on d.datname = current_database() and named.rolname = 'pg_database_owner'
       left join pg_roles r on r.oid = coalesce(d.datdba, g.role)
       where not ${isTrusted('r.oid', 'runner.oid')}
     ) order by 1`,
    [`{${tables.map(({ home }) => JSON.stringify(home)).join(',')}}`, role],
  );
  return rows.map(({ name }) => String(name));
}

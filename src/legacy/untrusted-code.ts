import type { Session } from '../db/session.js';
import { isTrusted } from '../db/trusted-role.js';
import { typeParts } from '../db/type-parts.js';

/** Something on a table that has a function of a role run with the rights of whoever uses the table. */
export interface UntrustedCode {
  readonly table: string;
  /** What calls it: a trigger, a check, an index. */
  readonly kind: string;
  readonly name: string;
  /** The function that is called, and the role that can change it. */
  readonly called: string;
  readonly coder: string;
  /** The role with whose rights it runs. */
  readonly runner: string;
}

/** A table, and the role that uses it. */
export interface TableUser {
  readonly oid: string;
  readonly role: string;
}

/** What a statement may run that only reads a table. Planning it is enough, for an index or a statistic. */
const WHEN_READ = ['index', 'statistics', 'virtual column', 'policy', 'type', 'cast'];

/** What one that writes it runs besides. */
const WHEN_WRITTEN = [...WHEN_READ, 'trigger', 'check', 'default'];

/**
 * All code on some tables that runs with the rights of a role, and that a role can change which does not hold these
 * rights; on their partitions and children as well. What the functions call in their turn is not looked at.
 */
const SQL = `
with recursive below (oid, role) as (
  select u.oid, u.role from json_to_recordset($1::json) as u (oid oid, role text)
  union select i.inhrelid, b.role from below b join pg_inherits i on i.inhparent = b.oid
), used as (
  select c.oid, c.oid::regclass::text as name, r.oid as runner, r.rolname as role
  from below u join pg_class c on c.oid = u.oid join pg_roles r on r.rolname = u.role
), part (relation, oid) as (
  select a.attrelid, a.atttypid from used u join pg_attribute a on a.attrelid = u.oid and a.attnum > 0 and not a.attisdropped
  union
  select p.relation, x.oid
  from part p join pg_type t on t.oid = p.oid
  cross join lateral (${typeParts('t')}) x (oid)
), piece (relation, kind, name, classid, objid) as (
  select t.tgrelid, 'trigger', t.tgname, 'pg_trigger'::regclass, t.oid
  from used u join pg_trigger t on t.tgrelid = u.oid and not t.tgisinternal
  union all
  select c.conrelid, 'check', c.conname, 'pg_constraint'::regclass, c.oid
  from used u join pg_constraint c on c.conrelid = u.oid and c.contype = 'c'
  union all
  select a.attrelid, case a.attgenerated when 'v' then 'virtual column' else 'default' end, a.attname, 'pg_attrdef'::regclass, d.oid
  from used u join pg_attrdef d on d.adrelid = u.oid join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  union all
  select i.indrelid, 'index', c.relname, 'pg_class'::regclass, i.indexrelid
  from used u join pg_index i on i.indrelid = u.oid join pg_class c on c.oid = i.indexrelid
  union all
  select s.stxrelid, 'statistics', s.stxname, 'pg_statistic_ext'::regclass, s.oid
  from used u join pg_statistic_ext s on s.stxrelid = u.oid
  union all
  select p.polrelid, 'policy', p.polname, 'pg_policy'::regclass, p.oid
  from used u join pg_policy p on p.polrelid = u.oid
  union all
  select p.relation, 'type', p.oid::regtype::text, 'pg_constraint'::regclass, c.oid
  from part p join pg_constraint c on c.contypid = p.oid
), called (relation, kind, name, function) as (
  select p.relation, p.kind, p.name, case when d.refclassid = 'pg_operator'::regclass then o.oprcode else d.refobjid end
  from piece p join pg_depend d on d.classid = p.classid and d.objid = p.objid and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
  left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
  union
  select p.relation, 'cast', p.oid::regtype::text, c.castfunc
  from part p join pg_cast c on p.oid in (c.castsource, c.casttarget) and c.castfunc <> 0
)
select u.name as table, c.kind, c.name, f.oid::regprocedure::text as called, pg_get_userbyid(f.proowner) as coder, u.role as runner
from used u join called c on c.relation = u.oid join pg_proc f on f.oid = c.function
where c.kind = any ($2::text[]) and f.pronamespace::regnamespace::text <> 'drydock' and not ${isTrusted('f.proowner', 'u.runner')}
order by 1, 2, 3, 4`;

async function read(
  session: Session,
  tables: readonly TableUser[],
  kinds: readonly string[],
): Promise<UntrustedCode[]> {
  const rows = await session.query(SQL, [
    JSON.stringify(tables),
    `{${kinds.map((kind) => `"${kind}"`).join(',')}}`,
  ]);
  return rows.map((row) => ({
    table: String(row.table),
    kind: String(row.kind),
    name: String(row.name),
    called: String(row.called),
    coder: String(row.coder),
    runner: String(row.runner),
  }));
}

/** What runs with the rights of this session's role when it reads the tables. */
export async function untrustedWhenRead(
  session: Session,
  tables: readonly { readonly oid: string }[],
): Promise<UntrustedCode[]> {
  const { me } = await session.one('select current_user as me');
  return read(
    session,
    tables.map(({ oid }) => ({ oid, role: String(me) })),
    WHEN_READ,
  );
}

/** What runs with the rights of other roles when these write the tables. */
export function untrustedWhenWritten(
  session: Session,
  tables: readonly TableUser[],
): Promise<UntrustedCode[]> {
  return read(session, tables, WHEN_WRITTEN);
}

/** Roles that may put triggers on tables, without the rights of those who write them; a null role is everybody. */
export async function triggerMakers(
  session: Session,
  tables: readonly TableUser[],
): Promise<{ readonly table: string; readonly coder: string | null; readonly runner: string }[]> {
  const rows = await session.query(
    `select distinct c.oid::regclass::text as table, case when a.grantee <> 0 then pg_get_userbyid(a.grantee) end as coder, r.rolname as runner
     from json_to_recordset($1::json) as u (oid oid, role text)
     join pg_class c on c.oid = u.oid join pg_roles r on r.rolname = u.role
     cross join lateral aclexplode(c.relacl) a
     where a.privilege_type = 'TRIGGER' and not ${isTrusted('nullif(a.grantee, 0)', 'r.oid')} order by 1, 2`,
    [JSON.stringify(tables)],
  );
  return rows.map((row) => ({
    table: String(row.table),
    coder: row.coder ?? null,
    runner: String(row.runner),
  }));
}

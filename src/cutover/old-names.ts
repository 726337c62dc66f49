import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { LegacyTable } from '../legacy/detect.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import { oidArray } from './preflight/findings.js';

/** Who may do what, and what is said about it; as the legacy table has it, and its view is to have it. */
interface Trimmings {
  readonly owner: string;
  readonly comment: string | null;
  readonly grants: readonly {
    readonly grantee: string | null;
    readonly privilege: string;
    readonly column: string | null;
    readonly grantable: boolean;
  }[];
  readonly columns: readonly { readonly name: string; readonly comment: string | null }[];
}

const SECURITY_INVOKER_SINCE = 150_000;

/** Reads owner, grants and comments of some tables, by oid; null grants are the owner's own. */
export async function readTrimmings(
  session: Session,
  tables: readonly Pick<LegacyTable, 'oid'>[],
): Promise<ReadonlyMap<string, Trimmings>> {
  const rows = await session.query(
    `select c.oid::text as oid, pg_get_userbyid(c.relowner) as owner, obj_description(c.oid, 'pg_class') as comment,
       (select coalesce(json_agg(json_build_object('grantee', case when g.grantee <> 0 then pg_get_userbyid(g.grantee) end,
            'privilege', g.privilege, 'column', g.name, 'grantable', g.grantable) order by g.name nulls first, g.grantee, g.privilege), '[]')
        from (
          select a.grantee, a.privilege_type as privilege, null::text as name, bool_or(a.is_grantable) as grantable
          from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a group by 1, 2
          union all
          select a.grantee, a.privilege_type, t.attname, bool_or(a.is_grantable)
          from pg_attribute t cross join lateral aclexplode(t.attacl) a
          where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped group by 1, 2, 3
        ) g)::text as grants,
       (select json_agg(json_build_object('name', t.attname, 'comment', col_description(t.attrelid, t.attnum)) order by t.attnum)
        from pg_attribute t where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped)::text as columns
     from pg_class c where c.oid = any ($1::text::oid[])`,
    [oidArray(tables)],
  );
  return new Map(
    rows.map((row) => [
      String(row.oid),
      {
        owner: String(row.owner),
        comment: row.comment ?? null,
        grants: JSON.parse(String(row.grants)) as Trimmings['grants'],
        columns: JSON.parse(String(row.columns)) as Trimmings['columns'],
      },
    ]),
  );
}

/**
 * Statements that move a table aside and put a view of its old name in its place. The view is as simple as can be, so
 * that Postgres itself makes it writable: defaults, generated columns, returning and on conflict are the table's own.
 * It reads with the rights of whoever uses it, so that policies hold,
 * also ones that are made later; except where rights to single columns would be lost by that.
 */
export function moveAside(table: LegacyTable, trimmings: Trimmings, serverVersion: number): string[] {
  const view = qualified(table.home, table.name);
  const columns = trimmings.columns.map(({ name }) => ident(name)).join(', ');
  const invoker =
    serverVersion >= SECURITY_INVOKER_SINCE && !needsOwnersRights(trimmings)
      ? ' with (security_invoker = true)'
      : '';
  return [
    `alter table ${view} set schema ${ident(LEGACY_SCHEMA)}`,
    `create view ${view}${invoker} as select ${columns} from ${qualified(LEGACY_SCHEMA, table.name)}`,
    ...trim(view, trimmings),
  ];
}

/**
 * Whether somebody may read some columns only. A view with its reader's rights wants the right to all of its columns,
 * whatever a statement reads; with its owner's, the grants on the view itself decide, column by column.
 */
export function needsOwnersRights({ owner, grants }: Pick<Trimmings, 'owner' | 'grants'>): boolean {
  const readers = new Set(
    grants
      .filter(({ privilege, column }) => privilege === 'SELECT' && column === null)
      .map(({ grantee }) => grantee),
  );
  return grants.some(
    ({ privilege, column, grantee }) =>
      privilege === 'SELECT' &&
      column !== null &&
      grantee !== owner &&
      !readers.has(grantee) &&
      !readers.has(null),
  );
}

/** Statements that give a view the owner, the grants and the comments of the table whose name it has. */
export function trim(view: string, { owner, comment, grants, columns }: Trimmings): string[] {
  const grantees = new Set([...grants.map(({ grantee }) => role(grantee)), ident(owner), 'public']);
  return [
    `alter view ${view} owner to ${ident(owner)}`,
    // What default privileges gave to a new view, and the owner's own rights: the list that follows is the whole.
    `do ${literal(revokeAll(view))}`,
    `revoke all on ${view} from ${[...grantees].join(', ')}`,
    ...grantStatements(view, owner, grants),
    ...(comment === null ? [] : [`comment on view ${view} is ${literal(comment)}`]),
    ...columns.flatMap(({ name, comment: text }) =>
      text === null ? [] : [`comment on column ${view}.${ident(name)} is ${literal(text)}`],
    ),
  ];
}

function role(name: string | null): string {
  return name === null ? 'public' : ident(name);
}

/** One for each grantee, and one more for what it may pass on: writers wait while they are given. */
function grantStatements(view: string, owner: string, grants: Trimmings['grants']): string[] {
  const byGrantee = new Map<string, string[]>();
  for (const { grantee, privilege, column, grantable } of grants) {
    const passedOn = grantable && grantee !== owner && grantee !== null;
    const to = `${role(grantee)}${passedOn ? ' with grant option' : ''}`;
    const privileges = byGrantee.get(to) ?? [];
    privileges.push(`${privilege}${column === null ? '' : ` (${ident(column)})`}`);
    byGrantee.set(to, privileges);
  }
  return [...byGrantee].map(([to, privileges]) => `grant ${privileges.join(', ')} on ${view} to ${to}`);
}

function revokeAll(view: string): string {
  return `declare g text; begin for g in select distinct quote_ident(pg_get_userbyid(a.grantee)) from pg_class c cross join lateral aclexplode(c.relacl) a where c.oid = ${literal(view)}::regclass and a.grantee not in (0, c.relowner) loop execute 'revoke all on ${view.replaceAll("'", "''")} from ' || g; end loop; end`;
}

/** Statements that give a table its name back. */
export function moveBack(table: Pick<LegacyTable, 'home' | 'name'>): string[] {
  return [
    `drop view ${qualified(table.home, table.name)}`,
    `alter table ${qualified(LEGACY_SCHEMA, table.name)} set schema ${ident(table.home)}`,
  ];
}

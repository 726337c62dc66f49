import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';

export interface Grant {
  /** Null: everybody. */
  readonly grantee: string | null;
  readonly privilege: string;
  /** Null: the whole relation. */
  readonly column: string | null;
  readonly grantable: boolean;
}

/**
 * What a view under an old name has from the table that bore it before: who may do what, what is said about it, and
 * what a column gets by itself.
 */
export interface Trimmings {
  readonly owner: string;
  readonly comment: string | null;
  readonly grants: readonly Grant[];
  readonly columns: readonly {
    readonly name: string;
    readonly comment: string | null;
    /** Null too for identity and generated columns, which only a table has. */
    readonly default: string | null;
  }[];
}

/** Reads the trimmings of some tables or views, by oid; null grants are the owner's own. */
export async function readTrimmings(
  session: Session,
  relations: readonly { readonly oid: string }[],
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
       (select json_agg(json_build_object('name', t.attname, 'comment', col_description(t.attrelid, t.attnum),
            'default', case when t.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end) order by t.attnum)
        from pg_attribute t left join pg_attrdef d on d.adrelid = t.attrelid and d.adnum = t.attnum
        where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped)::text as columns
     from pg_class c where c.oid = any ($1::text::oid[])`,
    [`{${relations.map(({ oid }) => oid).join(',')}}`],
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

/** Statements that give a new view the trimmings of the table whose name it has, but for the defaults. */
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

/**
 * Statements that give a view the defaults of its table. Without them `set c = default` through the view would store
 * null, without a word. They are read when the table has moved: its sequences go with it, and have another name then.
 */
export function viewDefaults(view: string, { columns }: Trimmings): string[] {
  const set = columns.flatMap(({ name, default: value }) =>
    value === null ? [] : [`alter column ${ident(name)} set default ${value}`],
  );
  return set.length === 0 ? [] : [`alter view ${view} ${set.join(', ')}`];
}

function role(name: string | null): string {
  return name === null ? 'public' : ident(name);
}

/** One for each grantee, and one more for what it may pass on: writers wait meanwhile. */
export function grantStatements(relation: string, owner: string, grants: readonly Grant[]): string[] {
  const byGrantee = new Map<string, string[]>();
  for (const { grantee, privilege, column, grantable } of grants) {
    const passedOn = grantable && grantee !== owner && grantee !== null;
    const to = `${role(grantee)}${passedOn ? ' with grant option' : ''}`;
    const privileges = byGrantee.get(to) ?? [];
    privileges.push(`${privilege}${column === null ? '' : ` (${ident(column)})`}`);
    byGrantee.set(to, privileges);
  }
  return [...byGrantee].map(([to, privileges]) => `grant ${privileges.join(', ')} on ${relation} to ${to}`);
}

function revokeAll(view: string): string {
  return `declare g text; begin for g in select distinct quote_ident(pg_get_userbyid(a.grantee)) from pg_class c cross join lateral aclexplode(c.relacl) a where c.oid = ${literal(view)}::regclass and a.grantee not in (0, c.relowner) loop execute 'revoke all on ${view.replaceAll("'", "''")} from ' || g; end loop; end`;
}

import type { Session } from '../../db/session.js';
import { DrydockError } from '../../errors.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import { GIVEN_UP } from '../states.js';

/** What tables need beyond themselves, by oid. */
export interface Needed {
  /** Types and routines, each after what it needs itself. */
  readonly order: readonly string[];
  readonly types: readonly string[];
  readonly routines: readonly string[];
  readonly sequences: readonly string[];
  readonly extensions: readonly { readonly name: string; readonly schema: string }[];
  /** Needed things that are not in the backup, in words. */
  readonly notCarried: readonly string[];
}

/** Objects below this oid came with the server. */
const FIRST_OWN_OID = 16_384;

/** Classes whose objects are only named: they have to be there where the tables are restored. */
const LEAVES = [
  'pg_opclass',
  'pg_opfamily',
  'pg_operator',
  'pg_collation',
  'pg_ts_config',
  'pg_am',
  'pg_language',
];

/**
 * Everything that hangs together with the tables: their parts (defaults, constraints, indexes, triggers, policies,
 * statistics), and what those depend on, on every level. Of relations only sequences and composite types.
 */
const EDGES = `
with recursive walk (from_class, from_oid, classid, objid) as (
  select null::oid, null::oid, o.classid, o.objid
  from unnest($1::text::oid[]) as t (oid) cross join lateral (
    select 'pg_class'::regclass::oid as classid, t.oid as objid
    union all select 'pg_attrdef'::regclass, oid from pg_attrdef where adrelid = t.oid
    union all select 'pg_constraint'::regclass, oid from pg_constraint where conrelid = t.oid
    union all select 'pg_class'::regclass, indexrelid from pg_index where indrelid = t.oid
    union all select 'pg_policy'::regclass, oid from pg_policy where polrelid = t.oid
    union all select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext where stxrelid = t.oid
    union all select 'pg_trigger'::regclass, g.oid from pg_trigger g join pg_proc p on p.oid = g.tgfoid
      join pg_namespace n on n.oid = p.pronamespace
      where g.tgrelid = t.oid and not g.tgisinternal and n.nspname not in ('${LEDGER_SCHEMA}', '${FUNCTIONS_SCHEMA}')
    union all select 'pg_class'::regclass, d.objid from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
        and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  ) o
  union
  select w.classid, w.objid, e.classid, e.objid
  from walk w cross join lateral (
    select d.refclassid as classid, d.refobjid as objid from pg_depend d
    left join pg_class r on d.refclassid = 'pg_class'::regclass and r.oid = d.refobjid
    where d.classid = w.classid and d.objid = w.objid and d.deptype in ('n', 'a', 'i') and d.refobjid >= ${FIRST_OWN_OID}
      and (d.refclassid in ('pg_proc'::regclass, 'pg_type'::regclass, ${LEAVES.map((name) => `'${name}'::regclass`).join(', ')})
        or r.relkind in ('S', 'c'))
    union all select 'pg_type'::regclass, t.typelem from pg_type t
      where w.classid = 'pg_type'::regclass and t.oid = w.objid and t.typcategory = 'A' and t.typelem >= ${FIRST_OWN_OID}
    union all select 'pg_constraint'::regclass, k.oid from pg_constraint k
      where w.classid = 'pg_type'::regclass and k.contypid = w.objid and k.contypid <> 0
    union all select 'pg_class'::regclass, t.typrelid from pg_type t join pg_class r on r.oid = t.typrelid and r.relkind = 'c'
      where w.classid = 'pg_type'::regclass and t.oid = w.objid
  ) e
)
select from_class::regclass::text || ' ' || from_oid as source, classid::regclass::text as class, objid::text as oid from walk`;

/** What each object is: `kind` tells what can be done with it. */
const ABOUT = `
select u.class, u.oid, pg_describe_object(u.class::regclass, u.oid::oid, 0) as description, e.extname as extension, en.nspname as extension_schema,
  case
    when u.class = 'pg_class' and c.relkind = 'S' then 'sequence'
    when u.class = 'pg_type' and t.typtype in ('e', 'd') then 'type'
    when u.class = 'pg_type' and t.typtype = 'c' and tc.relkind = 'c' then 'type'
    when u.class = 'pg_type' and (t.typtype = 'c' or t.typcategory = 'A' and t.typelem <> 0) then 'derived'
    when u.class = 'pg_type' then 'other type'
    when u.class = 'pg_proc' and p.prokind in ('f', 'p', 'w') then 'routine'
    when u.class = 'pg_proc' or u.class = any ($2::text[]) then 'leaf'
    else 'part' end as kind
from unnest($1::text[]) with ordinality n (name, at)
cross join lateral (select split_part(n.name, ' ', 1) as class, split_part(n.name, ' ', 2) as oid) u
left join pg_class c on u.class = 'pg_class' and c.oid = u.oid::oid
left join pg_type t on u.class = 'pg_type' and t.oid = u.oid::oid
left join pg_class tc on tc.oid = t.typrelid
left join pg_proc p on u.class = 'pg_proc' and p.oid = u.oid::oid
left join pg_depend x on x.classid = u.class::regclass and x.objid = u.oid::oid and x.deptype = 'e'
left join pg_extension e on e.oid = x.refobjid
left join pg_namespace en on en.oid = e.extnamespace
order by n.at`;

/** Finds what the tables need, so that all of it can be made again before them. */
export async function findNeeded(session: Session, oids: readonly string[]): Promise<Needed> {
  const edges = await session.query(EDGES, [`{${oids.join(',')}}`]);
  const needs = new Map<string, string[]>();
  for (const { source, class: kind, oid } of edges) {
    const name = `${kind} ${oid}`;
    if (!needs.has(name)) needs.set(name, []);
    if (source !== null) needs.set(String(source), [...(needs.get(String(source)) ?? []), name]);
  }
  const about = await session.query(ABOUT, [
    `{${inOrder(needs)
      .map((name) => `"${name}"`)
      .join(',')}}`,
    `{${LEAVES.join(',')}}`,
  ]);
  const extensions = new Map(
    about.flatMap(({ extension, extension_schema: schema }) =>
      extension == null ? [] : [[extension, { name: extension, schema: String(schema) }] as const],
    ),
  );
  const own = about.filter(({ extension }) => extension === null);
  const of = (kind: string) => own.filter((object) => object.kind === kind);
  const [unsupported] = of('other type');
  if (unsupported !== undefined) throw unsupportedType(String(unsupported.description));
  const ids = (kind: string) => of(kind).map(({ oid }) => String(oid));
  return {
    order: own.filter(({ kind }) => kind === 'type' || kind === 'routine').map(({ oid }) => String(oid)),
    types: ids('type'),
    routines: ids('routine'),
    sequences: ids('sequence'),
    extensions: [...extensions.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    notCarried: of('leaf').map(({ description }) => `needed, and not in the backup: ${description}`),
  };
}

/** Each after what it needs; a circle is cut where it closes. */
function inOrder(needs: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    for (const need of needs.get(name) ?? []) visit(need);
    done.add(name);
  };
  for (const name of needs.keys()) visit(name);
  return [...done];
}

function unsupportedType(description: string): DrydockError {
  return new DrydockError({
    code: 'unsupported-type',
    what: `A column needs ${description}, which Drydock cannot make again: it knows enums, domains, composite types and those of extensions.`,
    state: GIVEN_UP,
    next: 'Back these tables up with pg_dump.',
  });
}

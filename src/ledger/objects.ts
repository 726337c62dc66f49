import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { CATALOGS, OBJECT_KINDS, type ObjectKind, UNFINISHED } from './object-kinds.js';

/** Something that Drydock made. */
export interface OwnedObject {
  readonly kind: ObjectKind;
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  /** Under its name now, by this oid or, of what the server makes anew, by all that is known of it. */
  readonly isPresent: boolean;
  /** What the server says it is (a view's query, an index's or a trigger's statement), at the time it was made. */
  readonly definition: string | null;
}

/** The comment on whatever we make. */
export const MARKER = 'Made by Drydock';

/** What is under a name: nothing, something of ours (by oid and by our entry), or someone else's. */
export async function ownership(
  session: Session,
  phaseId: number | null,
  schema: string,
  name: string,
): Promise<'none' | 'ours' | 'foreign'> {
  const [row] = await session.query(
    `select c.oid::text as oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text and c.relname = $2::text`,
    [schema, name],
  );
  if (row === undefined) return 'none';
  if (phaseId === null) return 'foreign';
  const owned = await readObjects(session, phaseId);
  return owned.some((object) => object.oid === row.oid) ? 'ours' : 'foreign';
}

/** The object `known` of the ledger in the catalog: under its oid, else, where that is enough, by all that is known of it. */
const PRESENT = OBJECT_KINDS.map((kind) => {
  const { named, catalog, definition, owner, isRemade } = CATALOGS[kind];
  const again = `obj_description(o.oid, '${catalog}') = '${MARKER}' and ${owner} in (known.owner, current_user) and ${definition} = known.definition`;
  return `select o.oid from ${named}
    where known.kind = '${kind}' and o.schema = known.schema_name and o.name = known.name
      and (o.oid = known.oid${isRemade ? ` or ${again}` : ''})`;
}).join(' union all ');

/**
 * What was made for a phase, in the order in which it can be dropped. An upgrade of the server gives functions and
 * triggers other oids, and an index that is built again beside its readers gets one: they are found by name.
 */
export async function readObjects(session: Session, phaseId: number): Promise<OwnedObject[]> {
  const rows = await session.query(
    `select known.kind, known.schema_name, known.name, coalesce(p.oid, known.oid)::text as oid, (p.oid is not null)::text as present, known.definition
     from drydock.objects known
     left join lateral (select f.oid from (${PRESENT}) f order by f.oid <> known.oid limit 1) p on true
     where known.phase_id = $1::int order by array_position($2::text[], known.kind), known.name`,
    [phaseId, `{${OBJECT_KINDS.map((kind) => JSON.stringify(kind)).join(',')}}`],
  );
  return rows.map((row) => ({
    kind: row.kind as ObjectKind,
    schema: String(row.schema_name),
    name: String(row.name),
    oid: String(row.oid),
    isPresent: row.present === 'true',
    definition: row.definition ?? null,
  }));
}

/**
 * Enters an object that was just made, marks it, and takes away what default privileges gave to others: a new
 * table must not be readable by roles that may not read the legacy ones. In the transaction that made it.
 *
 * @param table - of a trigger: the qualified name of its table
 */
export async function own(
  session: Session,
  phaseId: number,
  kind: ObjectKind,
  schema: string,
  name: string,
  table?: string,
): Promise<void> {
  const { oidOf, acl } = CATALOGS[kind];
  const target = table === undefined ? qualified(schema, name) : `${ident(name)} on ${table}`;
  await session.execute(`comment on ${kind} ${target} is '${MARKER}'`);
  const { oid } = await session.one(`select ${oidOf}::text as oid`, [table ?? schema, name]);
  if (acl !== null) {
    // Of functions the server's own default is that everybody may execute them, and says so nowhere.
    if (acl.fromPublic) await session.execute(`revoke all on ${acl.word} ${target} from public`);
    const grantees = await session.query(
      `select distinct case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
       from ${acl.grants} cross join lateral aclexplode(o.acl) a left join pg_roles r on r.oid = a.grantee
       where o.oid = $1::text::oid and a.grantee <> o.owner`,
      [String(oid)],
    );
    for (const { grantee } of grantees) {
      await session.execute(`revoke all on ${acl.word} ${target} from ${grantee}`);
    }
  }
  await enter(session, phaseId, { kind, schema, name }, String(oid));
}

/**
 * Enters that an object is about to be made that no transaction can make: an index that is built while others write.
 * If nothing more is heard of it, it is known all the same whose it is.
 */
export async function intend(
  session: Session,
  phaseId: number,
  object: Pick<OwnedObject, 'kind' | 'schema' | 'name'>,
): Promise<void> {
  await enter(session, phaseId, object, UNFINISHED);
}

/** Forgets an object that is there no more. */
export async function disown(
  session: Session,
  phaseId: number,
  { kind, schema, name }: Pick<OwnedObject, 'kind' | 'schema' | 'name'>,
): Promise<void> {
  await session.execute(
    'delete from drydock.objects where phase_id = $1::int and kind = $2::text and schema_name = $3::text and name = $4::text',
    [phaseId, kind, schema, name],
  );
}

/** Enters what is under the oid now, as the server prints it. */
export async function enter(
  session: Session,
  phaseId: number,
  { kind, schema, name }: Pick<OwnedObject, 'kind' | 'schema' | 'name'>,
  oid: string,
): Promise<void> {
  const { definition, owner } = CATALOGS[kind];
  const said = oid === UNFINISHED ? 'null, null' : `${definition}, ${owner}`;
  await session.execute(
    `insert into drydock.objects (phase_id, kind, schema_name, name, oid, definition, owner)
     select $1::int, $2::text, $3::text, $4::text, o.oid, ${said} from (select $5::text::oid as oid) o
     on conflict (phase_id, kind, schema_name, name) do update
     set (oid, definition, owner) = (excluded.oid, excluded.definition, excluded.owner)`,
    [phaseId, kind, schema, name, oid],
  );
}

/** Whether the object is still there as it was made: same oid, same name, and our mark on it. */
export async function isIntact(session: Session, object: OwnedObject): Promise<boolean> {
  const { catalog, named, unfinished } = CATALOGS[object.kind];
  if (object.oid === UNFINISHED) {
    if (unfinished === null) return false;
    return (await session.query(unfinished, [object.schema, object.name])).length > 0;
  }
  const [row] = await session.query(
    `select obj_description($1::text::oid, '${catalog}') as marker from ${named}
     where o.oid = $1::text::oid and o.schema = $2::text and o.name = $3::text`,
    [object.oid, object.schema, object.name],
  );
  return row?.marker === MARKER;
}

/**
 * Whether it is intact, and still what the server said of it when it was made.
 *
 * @param reprint how the present server prints the query of a view: `pg_upgrade` may have come in between, and each
 *   major prints the same query in its own way
 */
export async function isUnchanged(
  session: Session,
  object: OwnedObject,
  reprint?: (query: string) => Promise<string | null>,
): Promise<boolean> {
  if (!(await isIntact(session, object))) return false;
  const { definition } = CATALOGS[object.kind];
  const { now } = await session.one(`select ${definition} as now from (select $1::text::oid as oid) o`, [
    object.oid,
  ]);
  if ((now ?? null) === object.definition) return true;
  const isView = object.kind === 'view' || object.kind === 'materialized view';
  if (!isView || object.definition === null || reprint === undefined) return false;
  return (await reprint(object.definition)) === now;
}

/** Drops an object of ours; what others built on it stops the drop, never cascades. */
export async function dropOwned(session: Session, object: OwnedObject): Promise<void> {
  const name = qualified(object.schema, object.name);
  if (object.kind !== 'trigger') {
    await session.execute(`drop ${object.kind} ${name}`);
    return;
  }
  const { table } = await session.one(
    'select tgrelid::regclass::text as table from pg_trigger where oid = $1::text::oid',
    [object.oid],
  );
  await session.execute(`drop trigger ${ident(object.name)} on ${table}`);
}

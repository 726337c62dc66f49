import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';

/** A table or view that Drydock made. */
export interface OwnedObject {
  readonly kind: 'table' | 'view';
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  /** What the server says a view is, at the time it was made. */
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

export async function readObjects(session: Session, phaseId: number): Promise<OwnedObject[]> {
  const rows = await session.query(
    'select kind, schema_name, name, oid::text as oid, definition from drydock.objects where phase_id = $1::int order by kind desc, name',
    [phaseId],
  );
  return rows.map((row) => ({
    kind: row.kind as OwnedObject['kind'],
    schema: String(row.schema_name),
    name: String(row.name),
    oid: String(row.oid),
    definition: row.definition ?? null,
  }));
}

/**
 * Enters an object that was just made, marks it, and takes away what default privileges gave to others: a new
 * table must not be readable by roles that may not read the legacy ones. In the transaction that made it.
 */
export async function own(
  session: Session,
  phaseId: number,
  kind: OwnedObject['kind'],
  schema: string,
  name: string,
): Promise<void> {
  const target = qualified(schema, name);
  await session.execute(`comment on ${kind} ${target} is '${MARKER}'`);
  const grantees = await session.query(
    `select distinct case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
     from pg_class c cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
     where c.oid = $1::text::regclass and a.grantee <> c.relowner`,
    [target],
  );
  for (const { grantee } of grantees) await session.execute(`revoke all on ${target} from ${grantee}`);
  await session.execute(
    `insert into drydock.objects (phase_id, kind, schema_name, name, oid, definition)
     select $1::int, $2::text, $3::text, $4::text, c.oid, case when c.relkind = 'v' then pg_get_viewdef(c.oid) end
     from pg_class c where c.oid = $5::text::regclass
     on conflict (phase_id, kind, schema_name, name) do update set oid = excluded.oid, definition = excluded.definition`,
    [phaseId, kind, schema, name, target],
  );
}

/** Whether the object is still there as it was made: same oid, and our mark on it. */
export async function isIntact(session: Session, object: OwnedObject): Promise<boolean> {
  const [row] = await session.query(
    `select c.oid::text as oid, obj_description(c.oid, 'pg_class') as marker
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text and c.relname = $2::text`,
    [object.schema, object.name],
  );
  return row?.oid === object.oid && row.marker === MARKER;
}

/** Drops an object of ours; what others built on it stops the drop, never cascades. */
export async function dropOwned(session: Session, object: OwnedObject): Promise<void> {
  await session.execute(`drop ${object.kind} ${ident(object.schema)}.${ident(object.name)}`);
}

import type { Session } from '../db/session.js';
import type { PhaseName } from '../reports/phase-name.js';

/** Something that Postgres would not drop a moved table under. */
export interface DropObstacle {
  readonly name: string;
  readonly isForeignKey: boolean;
  /** The phase whose moved table it belongs to, if it does. */
  readonly phase: PhaseName | null;
}

/**
 * What would keep the moved tables of some phases from being dropped, by what Postgres itself goes by: whatever depends on
 * them, or on what goes with them (their types, keys, sequences), and does not go with them.
 *
 * @param phaseIds - phases whose tables go together, or one before the other in the same command
 */
export async function dropObstacles(session: Session, phaseIds: readonly number[]): Promise<DropObstacle[]> {
  const rows = await session.query(
    `with recursive moved as (
       select m.oid, m.view_oid from drydock.moved_tables m where m.phase_id = any ($1::text::int[]) and not m.dropped
     ), going (classid, objid) as (
       select 'pg_class'::regclass::oid, m.oid from moved m
       union
       select d.classid, d.objid from going g join pg_depend d on d.refclassid = g.classid and d.refobjid = g.objid
       where d.deptype in ('a', 'i', 'P', 'S')
     )
     select distinct coalesce(r.ev_class::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid)) as name,
       (c.oid is not null)::text as foreign_key, p.phase as phase
     from going g join pg_depend d on d.refclassid = g.classid and d.refobjid = g.objid
     left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
     left join pg_constraint c on d.classid = 'pg_constraint'::regclass and c.oid = d.objid and c.contype = 'f'
     left join drydock.moved_tables m on m.oid = c.conrelid and not m.dropped
     left join drydock.phases p on p.id = m.phase_id
     where d.deptype = 'n' and not exists (select from going o where o.classid = d.classid and o.objid = d.objid)
       -- The views under the old names read other tables then, and have no defaults any more.
       and not exists (select from moved o left join pg_attrdef a on d.classid = 'pg_attrdef'::regclass and a.oid = d.objid
         where o.view_oid in (r.ev_class, a.adrelid))
     order by 1`,
    [`{${phaseIds.join(',')}}`],
  );
  return rows.map((row) => ({
    name: String(row.name),
    isForeignKey: row.foreign_key === 'true',
    phase: (row.phase ?? null) as PhaseName | null,
  }));
}

/**
 * What others built on the things that were made for some phases, by name: their drop would stop at it.
 *
 * @param phaseIds - phases whose things are dropped together
 */
export async function ownedObstacles(session: Session, phaseIds: readonly number[]): Promise<string[]> {
  const rows = await session.query(
    `with recursive going (classid, objid) as (
       select case o.kind when 'function' then 'pg_proc'::regclass when 'trigger' then 'pg_trigger'::regclass else 'pg_class'::regclass end::oid, o.oid
       from drydock.objects o where o.phase_id = any ($1::text::int[])
       union
       select d.classid, d.objid from going g join pg_depend d on d.refclassid = g.classid and d.refobjid = g.objid
       where d.deptype in ('a', 'i', 'P', 'S')
     )
     select distinct coalesce(r.ev_class::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid)) as name
     from going g join pg_depend d on d.refclassid = g.classid and d.refobjid = g.objid
     left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
     where d.deptype = 'n' and not exists (select from going o where o.classid = d.classid and o.objid = d.objid) order by 1`,
    [`{${phaseIds.join(',')}}`],
  );
  return rows.map(({ name }) => String(name));
}

import type { Session } from '../db/session.js';
import { propertyGraphOf } from '../legacy/newer-catalog.js';

/** What others built on the views under the old names, by name: views, functions with parsed bodies, rules. A table of ours that took one is none. */
export async function onViews(session: Session, phaseId: number): Promise<string[]> {
  const rows = await session.query(
    `select distinct case
       when d.classid = 'pg_rewrite'::regclass then (select r.ev_class::regclass::text from pg_rewrite r where r.oid = d.objid)
       else coalesce(${propertyGraphOf('d')}, pg_describe_object(d.classid, d.objid, d.objsubid)) end as name
     from drydock.moved_tables m
     join pg_class v on v.oid = m.view_oid and v.relkind = 'v'
     join pg_depend d on d.refobjid in (v.oid, v.reltype) and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
     where m.phase_id = $1::int and d.deptype = 'n'
       and not (d.classid = 'pg_rewrite'::regclass and exists (select from pg_rewrite r where r.oid = d.objid and r.ev_class = v.oid))
     order by 1`,
    [phaseId],
  );
  return rows.map((row) => String(row.name));
}

/**
 * What reads the moved tables by their oids, and would be left with frozen ones, or with none: views, functions with parsed
 * bodies, policies of other tables, property graphs, columns of a table's row type. Foreign keys are looked at by themselves.
 */
export async function onMovedTables(session: Session, phaseId: number): Promise<string[]> {
  const rows = await session.query(
    `with moved as (select m.oid, m.view_oid from drydock.moved_tables m where m.phase_id = $1::int)
     select distinct coalesce(r.ev_class::regclass::text, ${propertyGraphOf('d')}, pg_describe_object(d.classid, d.objid, d.objsubid)) as name
     from moved join pg_class t on t.oid = moved.oid
     join pg_depend d on d.refobjid in (t.oid, t.reltype) and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
     left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
     left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
     where d.deptype = 'n' and d.classid in ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_policy'::regclass, 'pg_class'::regclass, 'pg_type'::regclass, to_regclass('pg_catalog.pg_propgraph_element'))
       and not exists (select from moved o where r.ev_class in (o.oid, o.view_oid) or p.polrelid = o.oid)
     order by 1`,
    [phaseId],
  );
  return rows.map((row) => String(row.name));
}

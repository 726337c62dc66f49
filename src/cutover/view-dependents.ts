import type { Session } from '../db/session.js';

/** What others built on the views under the old names, by name: views, functions with parsed bodies, rules. */
export async function onViews(session: Session, phaseId: number): Promise<string[]> {
  const rows = await session.query(
    `select distinct case
       when d.classid = 'pg_rewrite'::regclass then (select r.ev_class::regclass::text from pg_rewrite r where r.oid = d.objid)
       else pg_describe_object(d.classid, d.objid, d.objsubid) end as name
     from drydock.moved_tables m
     join pg_class v on v.oid = m.view_oid
     join pg_depend d on d.refobjid in (v.oid, v.reltype) and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
     where m.phase_id = $1::int and d.deptype = 'n'
       and not (d.classid = 'pg_rewrite'::regclass and exists (select from pg_rewrite r where r.oid = d.objid and r.ev_class = v.oid))
     order by 1`,
    [phaseId],
  );
  return rows.map((row) => String(row.name));
}

/** Views and others that read the moved tables by their oids, and would be left with frozen ones, or with none. */
export async function onMovedTables(session: Session, phaseId: number): Promise<string[]> {
  const rows = await session.query(
    `select distinct c.oid::regclass::text as name
     from drydock.moved_tables m
     join pg_depend d on d.refobjid = m.oid and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
     join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
     where m.phase_id = $1::int and c.oid <> m.oid and c.oid not in (select view_oid from drydock.moved_tables where phase_id = $1::int)
     union
     select pg_describe_object(d.classid, d.objid, 0)
     from drydock.moved_tables m
     join pg_class t on t.oid = m.oid
     join pg_depend d on d.refobjid in (t.oid, t.reltype) and d.classid = 'pg_proc'::regclass
     where m.phase_id = $1::int
     order by 1`,
    [phaseId],
  );
  return rows.map((row) => String(row.name));
}

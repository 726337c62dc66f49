/**
 * SQL for the name of the property graph (version 19 and newer) that a row of pg_depend belongs to; null where it belongs to
 * none. A graph holds elements, each of which depends on its graph and, by oid, on the table that it reads.
 */
export function propertyGraphOf(depend: string): string {
  return `(select g.oid::regclass::text from pg_depend e join pg_class g on g.oid = e.refobjid and g.relkind = 'g'
    where e.classid = ${depend}.classid and e.objid = ${depend}.objid and e.refclassid = 'pg_class'::regclass limit 1)`;
}

/**
 * SQL for whether a publication leaves the table of a row of pg_publication_rel out (`for all tables except`, version 19 and
 * newer) instead of publishing it. Older servers have no such column.
 */
export function isException(publicationRel: string): string {
  return `coalesce((to_jsonb(${publicationRel}) ->> 'prexcept')::boolean, false)`;
}

/**
 * SQL for the bytes of a relation with its TOAST and indexes, and of whatever a query on it reads too: its partitions
 * and what inherits from it, on every level. A partitioned table itself has none.
 *
 * @param oid - an expression that gives the relation's oid
 */
export function totalBytes(oid: string): string {
  return `(with recursive family (oid) as (
      select (${oid})::oid union select i.inhrelid from pg_inherits i join family f on f.oid = i.inhparent
    ) select sum(pg_total_relation_size(oid)) from family)`;
}

/**
 * Which legacy tables report their changes to which phase, and the changes that a phase has not applied yet. A
 * table's triggers are shared by the phases that read it; each phase has entries of its own in the queue, so that
 * one can be caught up, or dropped, without touching what the other has to do.
 *
 * The queue has no key and no index: writers of the legacy tables pay for every one. Rows are taken by deleting what
 * is seen, in the order in which they lie. Its replica identity is for databases that publish all of their tables:
 * without one Postgres refuses to delete there. It costs nothing below wal_level = logical.
 */
export const CAPTURE_TABLES = `
create table drydock.captures (
  phase_id int not null references drydock.phases on delete cascade,
  source text not null,
  table_oid oid not null,
  function_name text not null,
  started_at timestamptz not null default clock_timestamp(),
  primary key (phase_id, source)
);
create table drydock.changes (
  phase_id int not null,
  source text,
  operation text not null,
  raw text[],
  merge_key uuid,
  written_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
alter table drydock.changes replica identity full;
`;

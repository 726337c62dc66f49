/** Backups that were read back and found good: one row for a phase that a backup covers. */
export const BACKUP_TABLES = `
create table drydock.backups (
  id int generated always as identity primary key,
  schema_name text not null,
  phase text not null,
  directory text not null,
  host text not null,
  manifest_hash text not null,
  taken_at timestamptz not null,
  verified_at timestamptz not null default clock_timestamp(),
  row_count bigint not null,
  operator text not null
);
create index on drydock.backups (schema_name, phase, id);
`;

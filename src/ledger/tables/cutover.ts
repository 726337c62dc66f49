/** What a cutover did to the legacy tables, and what it has to give back. */
export const CUTOVER_TABLES = `
create table drydock.cutovers (
  phase_id int primary key references drydock.phases on delete cascade,
  cut_over_at timestamptz not null default clock_timestamp(),
  completed_at timestamptz,
  catalog text not null
);
create table drydock.moved_tables (
  phase_id int not null references drydock.phases on delete cascade,
  table_name text not null,
  home text not null,
  moved_to text not null,
  oid oid not null,
  view_oid oid not null,
  view_picture text,
  dropped boolean not null default false,
  primary key (phase_id, table_name)
);
create table drydock.repointed (
  id bigint generated always as identity primary key,
  phase_id int not null references drydock.phases on delete cascade,
  schema_name text not null,
  table_name text not null,
  columns text[] not null,
  old_values text[] not null,
  new_values text[] not null,
  row_before jsonb not null
);
`;

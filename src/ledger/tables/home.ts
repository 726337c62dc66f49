/**
 * The database that the ledger was made in, or was adopted in: one row. What is remembered by oid holds there, and in
 * physical copies of it. `to_verify`: it was adopted, and both sides were not compared since.
 */
export const HOME_TABLE = `
create table drydock.home (
  is_only boolean primary key default true check (is_only),
  system_identifier text,
  database_oid oid not null,
  database_name text not null,
  server_version int not null,
  since timestamptz not null default clock_timestamp(),
  to_verify boolean not null default false
);
`;

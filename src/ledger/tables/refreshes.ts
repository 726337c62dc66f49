/**
 * When each materialized view was last refreshed, and what was known of its tables then: the counts of their
 * statements, and whether somebody was still writing, whose statements were counted and not yet to be seen. A job of
 * pg_cron that refreshes them, where there is one.
 */
export const REFRESH_TABLES = `
create table drydock.refreshes (
  phase_id int not null references drydock.phases on delete cascade,
  view_name text not null,
  tables oid[],
  signals oid[],
  refreshed_at timestamptz,
  seen bigint[],
  writers boolean,
  seconds double precision,
  primary key (phase_id, view_name)
);
create table drydock.refresh_jobs (
  phase_id int primary key references drydock.phases on delete cascade,
  job_id bigint not null,
  schedule text not null
);
`;

import type { Session } from '../db/session.js';
import type { ViewStatus } from '../reports/refresh.js';

/** The materialized views of a phase. */
export async function readViews(session: Session, phaseId: number): Promise<ViewStatus[]> {
  const rows = await session.query(
    `select r.view_name, r.refreshed_at::timestamptz(0)::text as refreshed_at, r.seconds, (
       case when r.signals is not null then r.writers or r.seen is distinct from (
         select array_agg(coalesce(case when q.relkind = 'S' then pg_sequence_last_value(q.oid) end, 0) order by s.at)
         from unnest(r.signals) with ordinality s (id, at) left join pg_class q on q.oid = s.id)
       end)::text as stale
     from drydock.refreshes r where r.phase_id = $1::int order by r.view_name`,
    [phaseId],
  );
  return rows.map((row) => ({
    name: String(row.view_name),
    refreshedAt: row.refreshed_at ?? null,
    seconds: row.seconds == null ? null : Number(row.seconds),
    stale: row.stale == null ? null : row.stale === 'true',
  }));
}

/** Writes a refresh into the journal. */
export async function recordRefresh(
  session: Session,
  { schema, phase }: { readonly schema: string; readonly phase: string },
  operator: string,
  detail: string,
): Promise<void> {
  await session.execute(
    `insert into drydock.events (schema_name, phase, kind, operator, detail)
     values ($1::text, $4::text, 'refreshed', $2::text || ' as ' || current_user, $3::text)`,
    [schema, operator, detail, phase],
  );
}

/** Enters the job that refreshes the views of a phase; in the transaction that made it. */
export async function enterJob(
  session: Session,
  phaseId: number,
  job: { readonly id: number; readonly schedule: string },
): Promise<void> {
  await session.execute(
    `insert into drydock.refresh_jobs (phase_id, job_id, schedule) values ($1::int, $2::bigint, $3::text)
     on conflict (phase_id) do update set job_id = excluded.job_id, schedule = excluded.schedule`,
    [phaseId, job.id, job.schedule],
  );
}

/** Ends the job of a phase, where it has one that is there still; gives what it was. In a transaction of the caller's. */
export async function endJob(session: Session, phaseId: number): Promise<string[]> {
  const [job] = await session.query('select job_id from drydock.refresh_jobs where phase_id = $1::int', [
    phaseId,
  ]);
  if (job === undefined || !(await hasCron(session))) return [];
  const ended = await session.query(
    `select j.jobname, cron.unschedule(j.jobid)::text as ended from cron.job j where j.jobid = $1::bigint`,
    [String(job.job_id)],
  );
  return ended.map(({ jobname }) => `job ${jobname} of pg_cron`);
}

/** Whether the extension pg_cron is there, in this database. */
export async function hasCron(session: Session): Promise<boolean> {
  return (await session.query(`select from pg_extension where extname = 'pg_cron'`)).length > 0;
}

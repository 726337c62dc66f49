import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { signalOf } from '../derived/signals.js';
import { hasCron } from '../ledger/refreshes.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { AdoptFinding } from '../reports/adopt.js';
import { refreshJobName } from '../verbs/refresh-schedule.js';
import { finding, type Place } from './finding.js';

/**
 * Enters by which tables and sequences it is known that a materialized view is out of date. What was counted in the
 * original says nothing here: each is refreshed once more.
 */
export async function enterRefreshes(
  session: Session,
  { entry, derived }: Place,
  legacy: LegacyDatabase,
): Promise<void> {
  if (derived === null) return;
  const oids = (names: readonly string[]) => `{${names.map((name) => JSON.stringify(name)).join(',')}}`;
  for (const { name, bases } of (await derived.bind(session, legacy)).views) {
    const tables = bases?.map((table) => qualified(legacy.schema, table)) ?? [];
    const signals = bases?.map((table) => signalOf(legacy.schema, table)) ?? [];
    await session.execute(
      `update drydock.refreshes r set seen = null, writers = true,
         tables = case when r.tables is not null then (select array_agg(to_regclass(t.name)::oid order by t.at) from unnest($3::text[]) with ordinality t (name, at)) end,
         signals = case when r.signals is not null then (select array_agg(to_regclass(t.name)::oid order by t.at) from unnest($4::text[]) with ordinality t (name, at)) end,
         refreshed_at = case when (select c.relispopulated from pg_class c where c.oid = to_regclass($5::text)) then r.refreshed_at end
       where r.phase_id = $1::int and r.view_name = $2::text`,
      [entry.id, name, oids(tables), oids(signals), qualified(legacy.schema, name)],
    );
  }
}

/** A job of pg_cron that refreshes in the original, and is not there, or is another one's, in the copy. */
export async function findJob(session: Session, place: Place): Promise<AdoptFinding[]> {
  const [job] = await session.query(
    'select job_id, schedule from drydock.refresh_jobs where phase_id = $1::int',
    [place.entry.id],
  );
  if (job === undefined) return [];
  const there =
    (await hasCron(session)) &&
    (
      await session.query(
        'select from cron.job j where j.jobid = $1::bigint and j.jobname = $2::text and j.database = current_database()',
        [String(job.job_id), refreshJobName(place.schema)],
      )
    ).length > 0;
  if (there) return [];
  return [
    finding(place, 'warned', {
      code: 'refresh-job',
      object: refreshJobName(place.schema),
      why: `In the original a job of pg_cron refreshes the materialized views (${job.schedule}); there is none here.`,
      next: 'Make one for this database: drydock refresh --pg-cron --every 6h.',
    }),
  ];
}

/** Forgets such a job, in a transaction of the caller's. */
export async function forgetJob(session: Session, { entry }: Place): Promise<void> {
  await session.execute('delete from drydock.refresh_jobs where phase_id = $1::int', [entry.id]);
}

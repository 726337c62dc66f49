import type { Session } from '../db/session.js';

/** What others do on the server at one moment. */
export interface ServerLoad {
  /** Client sessions, of any database, that are working: not ours, not waiting for their client or for a lock. */
  readonly active: number;
  /** Sessions that wait for a lock which one of ours holds. */
  readonly blocked: number;
  /** How far the slowest connected replica is behind; 0 without replicas. */
  readonly lagSeconds: number;
}

/** Rest never takes more than this many times the work: a fifth of full speed is left on the busiest server. */
const MOST_SHARES = 4;

/** Further behind than this, replicas are let to catch up before anything more is written. */
export const MOST_LAG_SECONDS = 10;

/** Our sessions, whatever name the address gives them: those of the other runs on the server are load like any other. */
const OURS = `select pid from pg_stat_activity where datname = current_database()
  and (application_name = current_setting('application_name') or application_name ~ '^drydock( run .*)?$')`;

export async function serverLoad(session: Session): Promise<ServerLoad> {
  const row = await session.one(
    `with ours as materialized (${OURS})
     select
       (select count(*) from pg_stat_activity where backend_type = 'client backend' and state = 'active'
          and coalesce(wait_event_type, '') not in ('Client', 'Lock') and pid not in (select pid from ours)) as active,
       (select count(*) from pg_locks w where not w.granted and w.pid not in (select pid from ours)
          and exists (select from unnest(pg_blocking_pids(w.pid)) b join ours on ours.pid = b)) as blocked,
       (select coalesce(extract(epoch from max(replay_lag)), 0) from pg_stat_replication) as lag`,
  );
  return { active: Number(row.active), blocked: Number(row.blocked), lagSeconds: Number(row.lag) };
}

/** Whether the user sees what others' sessions do, and how far replicas are. */
export async function seesOthers(session: Session): Promise<boolean> {
  const { sees } = await session.one(
    `select pg_has_role(current_user, 'pg_read_all_stats', 'usage')::text as sees`,
  );
  return sees === 'true';
}

/** How long to rest after some work: each session that works beside us has as long as we had, up to a limit. */
export function restMs(load: ServerLoad, workedMs: number): number {
  return workedMs * Math.min(MOST_SHARES, load.active);
}

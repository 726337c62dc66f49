import type { Context } from '../context/context.js';
import type { Session } from '../db/session.js';

const LOOK_EVERY_MS = 2_000;

/**
 * Says for whom the build of an index waits, each once. It waits for every transaction of the database that is older,
 * whatever that does: one that somebody left open holds it up for good.
 *
 * @param session builds; another one asks
 */
export async function tellWaiting<T>(context: Context, session: Session, work: () => Promise<T>): Promise<T> {
  const told = new Set<string>();
  const backendPid = await session.backendPid();
  let asking = Promise.resolve();
  const look = async () => {
    const [row] = await context.session.query(
      `select p.phase, p.current_locker_pid::text as pid, a.usename as user, a.application_name as name, a.state, a.xact_start::timestamptz(0)::text as since
       from pg_stat_progress_create_index p join pg_stat_activity a on a.pid = p.current_locker_pid
       where p.pid = $1::int and p.phase like 'waiting for%'`,
      [backendPid],
    );
    if (row === undefined || told.has(String(row.pid))) return;
    told.add(String(row.pid));
    const since = row.since === null ? '' : `, in a transaction since ${row.since}`;
    context.report({
      type: 'notice',
      level: 'warn',
      message: `The index waits for backend ${row.pid} (${row.user ?? '?'}, ${row.name ?? '?'}, ${row.state ?? '?'}${since}): end that transaction, or wait until it ends.`,
    });
  };
  const timer = setInterval(() => {
    // What cannot be asked is not told; the build itself says what is wrong.
    asking = asking.then(look).catch(() => undefined);
  }, LOOK_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await asking;
  }
}

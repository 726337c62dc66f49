import { Cleanup } from './cleanup.js';
import type { Connector } from './connect.js';
import type { Session } from './session.js';

const LOOK_EVERY_MS = 100;
/** After so long a person wants to know who is in the way. */
const SILENT_MS = 3_000;
/** A statement that waits for a lock gives up after 0.4 s, and comes again: it has to be looked at while it waits. */
const GLANCE_AFTER_MS = 50;
/** A statement that is at work may be asked about less often. */
const ASK_EVERY_MS = 2_000;
const SAY_AGAIN_MS = 60_000;

/** Whoever holds what one of our sessions waits for, as the server sees it now. */
const BLOCKERS = `
  select w.ours::text as ours, w.blocker::text as pid, a.usename as usename, a.application_name as application,
    a.state as state, a.backend_type as backend, a.xact_start::timestamptz(0)::text as since, w.locktype as locktype,
    (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = w.relation) as relation,
    (select string_agg(distinct h.mode, ', ') from pg_locks h
     where h.pid = w.blocker and h.granted and h.locktype = w.locktype and h.relation is not distinct from w.relation) as modes
  from (
    select l.pid as ours, l.locktype, l.relation, b.pid as blocker
    from pg_locks l cross join lateral unnest(pg_blocking_pids(l.pid)) as b (pid)
    where not l.granted and l.pid = any ($1::text::int[])
  ) w left join pg_stat_activity a on a.pid = w.blocker
  where w.blocker <> all ($1::text::int[])
  order by a.xact_start nulls last, w.blocker limit 3`;

/**
 * Names who keeps us waiting: after three seconds of waiting for a lock in any session of the connector, whichever verb
 * it works for, and whether one statement waits or the same one comes again and again. Asks over a connection of its own,
 * which it opens only then.
 *
 * @param report takes a sentence for the user; the same blocker is named once a minute
 */
export function watchLocks(connector: Connector, report: (message: string) => void, cleanup: Cleanup): void {
  const watch = new LockWatch(connector, report);
  const timer = setInterval(() => void watch.look(), LOOK_EVERY_MS);
  timer.unref();
  cleanup.add(() => {
    clearInterval(timer);
    return watch.close();
  });
}

class LockWatch {
  readonly #connector: Connector;
  readonly #report: (message: string) => void;
  readonly #cleanup = new Cleanup();
  readonly #said = new Map<string, number>();
  #session: Session | undefined;
  #askedAt = 0;
  #looking = false;
  #closed = false;

  constructor(connector: Connector, report: (message: string) => void) {
    this.#connector = connector;
    this.#report = report;
  }

  async look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    const all = [...this.#connector.sessions];
    const waiting = all.filter(
      (session) =>
        session !== this.#session &&
        (session.waitingMs >= SILENT_MS ||
          (session.refusedLocksMs > 0 && session.waitingMs >= GLANCE_AFTER_MS)),
    );
    this.#say(all);
    const now = performance.now();
    const isPressed = waiting.some((session) => session.refusedLocksMs > 0);
    if (waiting.length === 0 || (!isPressed && now - this.#askedAt < ASK_EVERY_MS)) return;
    this.#looking = true;
    this.#askedAt = now;
    try {
      await this.#ask(all, waiting);
    } catch {
      // That it is not known who is in the way is no reason to stop waiting.
      this.#session = undefined;
    } finally {
      this.#looking = false;
    }
    this.#say(all);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#cleanup.unwind().catch(() => undefined);
  }

  async #ask(all: readonly Session[], waiting: readonly Session[]): Promise<void> {
    this.#session ??= await this.#connector.open(this.#cleanup);
    const pids = all.map((session) => session.backend);
    const rows = await this.#session.query(BLOCKERS, [`{${pids.join(',')}}`]);
    for (const session of waiting) {
      const blockers = rows.filter(({ ours }) => ours === String(session.backend));
      if (blockers.length > 0) session.blockedBy = blockers.map(describe).join('; ');
      else if (session.refusedLocksMs === 0) session.blockedBy = undefined;
    }
  }

  #say(all: readonly Session[]): void {
    const now = performance.now();
    for (const { blockedBy, waitingMs, refusedLocksMs } of all) {
      if (blockedBy === undefined || Math.max(waitingMs, refusedLocksMs) < SILENT_MS) continue;
      if (now - (this.#said.get(blockedBy) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) continue;
      this.#said.set(blockedBy, now);
      this.#report(`Waiting for a lock: ${blockedBy}.`);
    }
  }
}

type Blocker = Awaited<ReturnType<Session['query']>>[number];

/** Who it is, since when, and what it holds; never its statement, which can quote values. */
function describe({
  pid,
  usename,
  application,
  state,
  backend,
  since,
  locktype,
  relation,
  modes,
}: Blocker): string {
  const holds =
    relation === null
      ? `has what it waits for (${locktype})`
      : `holds ${relation}${modes === null ? '' : ` (${modes})`}`;
  if (pid === '0') return `a prepared transaction ${holds}; see pg_prepared_xacts`;
  const about = [
    application === null || application === '' ? (backend ?? 'unknown') : `"${application}"`,
    ...(usename === null ? [] : [`user "${usename}"`]),
    ...(state === null ? [] : [state]),
    ...(since === null ? [] : [`in a transaction since ${since}`]),
  ];
  return `backend ${pid} (${about.join(', ')}) ${holds}`;
}

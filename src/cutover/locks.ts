import { setTimeout as sleep } from 'node:timers/promises';
import { isRewritten } from '../db/rewritten.js';
import type { Session } from '../db/session.js';
import { DrydockError, StoppedError } from '../errors.js';
import type { LockOptions } from '../reports/lock-options.js';
import { DEFAULTS } from '../reports/target.js';
import { mayPass } from '../sync/drain.js';

/** A table to lock, in the order of the list. */
export interface TableLock {
  readonly qualified: string;
  readonly mode: 'access exclusive' | 'share row exclusive';
}

export interface LockTimes {
  readonly attempts: number;
  /** Milliseconds until all locks were held, in the attempt that went through. */
  readonly waitedMs: number;
  /** Milliseconds that they were held, the commit included. */
  readonly heldMs: number;
}

export interface LockPatience {
  /** For how long to come again. */
  readonly patienceMs: number;
  /** How long one attempt may wait, once; null: none waits for longer than the others. */
  readonly longWaitMs: number | null;
}

/** The patience that a verb's options ask for. */
export function patienceOf({ patience, lockWait }: LockOptions): LockPatience {
  return {
    patienceMs: (patience ?? DEFAULTS.patience) * 1_000,
    longWaitMs: lockWait === undefined ? null : lockWait * 1_000,
  };
}

export interface LockTurn extends LockPatience {
  readonly signal: AbortSignal | undefined;
  readonly state: string;
  /** Done before each attempt, in the milliseconds that are left, while others go on: it keeps the work short. */
  readonly before?: (leftMs: number) => Promise<void>;
}

/** Milliseconds for which the first attempt may keep writers waiting behind it; the later ones take more. */
const FIRST_BUDGET_MS = 60;
const GROWTH = 1.5;
const MOST_BUDGET_MS = 400;
const PAUSE_MS = 250;
/** The attempt that may wait longer: short ones mostly go through before. */
const LONG_ATTEMPT = 4;

/**
 * Runs work in a transaction that has locked some tables. Whoever comes after us waits behind us, so we wait for a
 * short while only, give up, let the others through, and come again. Where we wait for somebody who waits for us, it is
 * we who give up: well before the server looks for deadlocks and picks a victim, which might be the application. One
 * attempt may wait longer where that was asked for: with that price.
 *
 * @throws `locked`, with who holds the tables, when patience is at its end
 */
export async function underLocks<T>(
  session: Session,
  tables: readonly TableLock[],
  options: LockTurn,
  work: () => Promise<T>,
): Promise<LockTimes & { readonly result: T }> {
  const most = Math.min(MOST_BUDGET_MS, (await deadlockTimeoutMs(session)) / 2);
  const until = performance.now() + options.patienceMs;
  let budget = Math.min(FIRST_BUDGET_MS, most);
  for (let attempts = 1; ; attempts += 1) {
    if (options.signal?.aborted === true) throw new StoppedError(options.state);
    try {
      await options.before?.(Math.max(0, until - performance.now()));
      const asked = performance.now();
      // The snapshot is taken by the first query behind the locks.
      await session.begin('repeatable read');
      const long = attempts === LONG_ATTEMPT ? (options.longWaitMs ?? 0) : 0;
      await takeAll(session, tables, asked + Math.max(budget, long));
      const held = performance.now();
      const result = await work();
      await session.commit();
      const done = performance.now();
      return { result, attempts, waitedMs: held - asked, heldMs: done - held };
    } catch (failure) {
      const error = await session.reasonOf(failure);
      await session.rollback().catch(() => undefined);
      if (!mayPass(error)) throw error;
      if (performance.now() > until)
        throw isRewritten(error) ? error : await blocked(session, tables, options.state, error);
    }
    budget = Math.min(most, budget * GROWTH);
    await sleep(PAUSE_MS / 2 + Math.random() * PAUSE_MS, undefined, { signal: options.signal }).catch(
      () => undefined,
    );
  }
}

async function takeAll(session: Session, tables: readonly TableLock[], until: number): Promise<void> {
  for (const { qualified, mode } of tables) {
    const left = Math.max(1, Math.round(until - performance.now()));
    await session.execute(`set local lock_timeout = '${left}ms'; lock table ${qualified} in ${mode} mode`);
  }
}

/** That of the applications: ours may be shorter. */
async function deadlockTimeoutMs(session: Session): Promise<number> {
  const { ms } = await session.one(`select reset_val as ms from pg_settings where name = 'deadlock_timeout'`);
  return Number(ms);
}

/** Names who holds the tables. */
async function blocked(
  session: Session,
  tables: readonly TableLock[],
  state: string,
  cause: unknown,
): Promise<DrydockError> {
  const rows = await session.query(
    `select distinct coalesce('backend ' || l.pid || ' (' || coalesce(a.usename, '?') || ', ' || coalesce(a.application_name, '?') || ', in a transaction since ' || coalesce(a.xact_start::timestamptz(0)::text, '?') || ')', 'the prepared transaction ' || quote_literal(x.gid), 'a prepared transaction') as who
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     left join pg_locks t on l.pid is null and t.pid is null and t.virtualtransaction = l.virtualtransaction and t.transactionid is not null
     left join pg_prepared_xacts x on x.transaction = t.transactionid
     where l.granted and l.pid is distinct from pg_backend_pid()
       and (l.relation = any ($1::text[]::regclass[]::oid[]) and l.mode <> 'AccessShareLock' or l.relation = any ($2::text[]::regclass[]::oid[]))
       and coalesce(a.backend_type, '') <> 'autovacuum worker' order by 1 limit 5`,
    [names(tables), names(tables.filter(({ mode }) => mode === 'access exclusive'))],
  );
  const who = rows.map((row) => row.who).join('; ');
  return new DrydockError({
    code: 'locked',
    what: `The tables could not be had for a moment${who === '' ? '' : `: held by ${who}`}.`,
    state,
    next: 'End that transaction, or wait until it ends, and give the same command again; --patience gives it more time, and --lock-wait one attempt that waits longer.',
    cause,
  });
}

function names(tables: readonly TableLock[]): string {
  return `{${tables.map(({ qualified }) => JSON.stringify(qualified)).join(',')}}`;
}

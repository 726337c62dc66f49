import { cancelWhenStopped } from '../db/cancel.js';
import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import type { Context } from './context.js';
import { standbyRefused } from './standby.js';

/** Memory of one sort or hash of a session that reads whole tables. */
const SORT_MEMORY = '64MB';

/**
 * A session that reads large tables as of one moment: the given snapshot, else its own, which others can share.
 * What it is doing is cancelled when the work is to stop. What it has read counts once the clean-up's work is done and no
 * table of it was rewritten meanwhile: whoever takes the snapshot runs that work by `inFreshSnapshot`.
 *
 * @param before statement that goes before the read-only transaction
 */
export async function openReader(
  context: Context,
  cleanup: Cleanup,
  snapshot?: string,
  before?: string,
): Promise<Session> {
  const session = await context.connector.open(cleanup);
  // Before the transaction begins: a snapshot has to be taken over before any query.
  await cancelWhenStopped(context.connector, [session], context.signal, cleanup);
  // Without statistics of what keys are made of, the planner would sort both sides of every join.
  await session.execute(`set work_mem = '${SORT_MEMORY}'; set enable_mergejoin = off`);
  if (before !== undefined) await session.execute(before);
  cleanup.beforeResult(() => session.passFence());
  await session.begin('repeatable read', 'read only');
  if (snapshot !== undefined) await session.importSnapshot(snapshot);
  return session;
}

/** One moment, and the sessions that read as of it. */
export interface SharedMoment {
  /** What other sessions take over; null on a standby, where they may not: see {@link Session.exportSnapshot}. */
  readonly snapshot: string | null;
  /** A further session that reads as of the moment; on a standby the first one again, which then does all of the work. */
  further(cleanup: Cleanup): Promise<Session>;
}

/** Shares the moment of a reader's transaction. The one place that decides how many sessions may read as of a moment. */
export async function shareMoment(context: Context, first: Session): Promise<SharedMoment> {
  const snapshot = await first.exportSnapshot();
  return {
    snapshot,
    further: async (cleanup) => (snapshot === null ? first : openReader(context, cleanup, snapshot)),
  };
}

/** The snapshot of a reader's transaction, for work that cannot do with one session. Its verbs refuse a standby before. */
export async function snapshotOf(first: Session): Promise<string> {
  const snapshot = await first.exportSnapshot();
  if (snapshot !== null) return snapshot;
  throw standbyRefused(
    'This work reads one moment with several sessions at once, which would harm a standby.',
    'Nothing was written.',
  );
}

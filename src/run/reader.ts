import { cancelWhenStopped } from '../db/cancel.js';
import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import type { Context } from './context.js';

/** Memory of one sort or hash of a session that reads whole tables. */
const SORT_MEMORY = '64MB';

/**
 * A session that reads large tables as of one moment: the given snapshot, else its own, which others can share.
 * What it is doing is cancelled when the work is to stop.
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
  await session.begin('repeatable read', 'read only');
  if (snapshot !== undefined) await session.importSnapshot(snapshot);
  return session;
}

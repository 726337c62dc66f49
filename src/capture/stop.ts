import type { Session } from '../db/session.js';
import { endCaptures } from '../ledger/captures.js';
import { dropFunction } from './triggers.js';

/**
 * Ends a phase's capture, in a transaction of the caller's: what was recorded for it goes, and with it the triggers
 * that no other phase shares. They need the tables to themselves for a moment: the caller sets a lock_timeout and gives
 * the transaction again. Gives the tables that are rid of them.
 */
export async function stopCapture(session: Session, phaseId: number): Promise<string[]> {
  const ended = await endCaptures(session, phaseId);
  for (const { functionName } of ended) await dropFunction(session, functionName);
  return ended.map(({ table }) => table);
}

import type { Session } from '../db/session.js';
import { type Orders, readOrders } from '../ledger/orders.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { Running } from '../reports/status.js';
import { findHolder, type Holder } from './lock-owner.js';

/**
 * Who is at work on the schema, and what was ordered.
 *
 * @param all every phase of the project, for a process that works on all of them
 */
export async function readRunning(
  session: Session,
  all: readonly PhaseName[],
  schema: string,
  hasLedger: boolean,
): Promise<Running | null> {
  const holder = await findHolder(session, schema);
  if (holder === undefined) return null;
  const key = { schema, runPid: holder.backendPid };
  return runningOf(holder, all, hasLedger ? await readOrders(session, key) : undefined);
}

/** A process at work, as the reports show it; without orders where it takes none, or none yet. */
export function runningOf(holder: Holder, all: readonly PhaseName[], orders: Orders | undefined): Running {
  const { command, operator, user, since } = holder;
  const phases = holder.phases === 'all' ? all : holder.phases;
  const paused =
    orders?.paused === true
      ? { by: orders.pauseBy ?? '', since: orders.pauseAt ?? '', halted: orders.halted }
      : null;
  const by = operator === null ? user : `${operator} as ${user}`;
  return { command, phases, by, since, paused, maxRate: orders?.maxRate ?? null };
}

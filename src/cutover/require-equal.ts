import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { recordedVerification } from '../verify/recorded.js';
import { openCatchUp } from './catch-up.js';
import type { Turn } from './turn.js';

/**
 * To change the names is only right where both sides are the same: what stands on one alone, as what somebody wrote
 * to the unified tables before their time, would be left behind, or be overwritten by the next change of its row.
 *
 * @param why what would come of it
 */
export async function requireEqual(
  { context, phase, phaseId, isProven }: Turn,
  state: string,
  why: string,
): Promise<void> {
  if (isProven === true) return;
  const { equal, tables } = await recordedVerification(context, phase, phaseId, {
    selected: null,
    limit: 20,
    strict: false,
  });
  if (equal) return;
  const differing = tables.filter((table) => !table.equal).map(({ table }) => table);
  throw new DrydockError({
    code: 'different',
    what: `The legacy tables and the unified ones are not the same${differing.length === 0 ? '' : ` (${differing.join(', ')})`}: ${why}.`,
    state,
    next: `drydock verify --phase ${phase.name} names what differs; drydock run --phase ${phase.name} --batches N loads it again.`,
  });
}

/**
 * The same for one of several phases, before the first one is touched. What is written after it is captured, and is
 * proven under the locks of the phase's own turn, which need not compare the whole again.
 */
export async function proveAhead(session: Session, turn: Turn, state: string, why: string): Promise<void> {
  const catchUp = await openCatchUp(turn, session);
  await catchUp.ahead(turn.patienceMs);
  await requireEqual(turn, state, why);
}

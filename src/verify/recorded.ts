import type { Context } from '../context/context.js';
import { readBatches } from '../ledger/batches.js';
import { recordVerification, setState } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import type { PhaseState } from '../reports/phase-state.js';
import type { PhaseVerification } from '../reports/verify.js';
import type { VerifySelection } from './selection.js';
import { type Compared, comparePhase } from './verify-phase.js';

/**
 * Verifies a whole phase and writes the result into the ledger.
 *
 * @param settle compares the keys that were left out, when their changes are applied; without it they are only told
 */
export async function recordedVerification(
  context: Context,
  phase: Phase,
  phaseId: number,
  settings: Omit<VerifySelection, 'batches'>,
  settle: (compared: Compared) => Promise<PhaseVerification> = async ({ verification }) => verification,
): Promise<PhaseVerification> {
  const batches = await readBatches(context.session, phaseId);
  const compared = await comparePhase(context, phase, targetsOf(phase), phaseId, { ...settings, batches });
  const result = await settle(compared);
  await context.session.transaction(async () => {
    const tables = result.tables.map(({ table, equal, legacy, unified }) => ({
      table,
      equal,
      legacy,
      unified,
    }));
    await recordVerification(context.session, phaseId, {
      equal: result.equal,
      strict: settings.strict,
      tables,
    });
    const { state } = await context.session.one('select state from drydock.phases where id = $1::int', [
      phaseId,
    ]);
    const next = stateAfter(result, state as PhaseState);
    if (next !== null) await setState(context.session, phaseId, next);
  });
  return result;
}

/** What a phase is after a verification; null: what it was. */
function stateAfter(
  { equal, pendingKeys }: PhaseVerification,
  state: PhaseState,
): 'different' | 'verified' | null {
  // What the names of the tables stand for now is not for a verification to change.
  if (state === 'cut-over' || state === 'completed') return null;
  if (!equal) return 'different';
  // Only what was compared to the last key is called verified.
  return pendingKeys > 0 || state === 'in-sync' ? null : 'verified';
}

import { operator } from '../context/operator.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { finishRun, startRun } from '../ledger/phases.js';
import type { PhaseRun } from '../reports/run.js';
import type { Inbox } from './control-channel.js';

/** Does the work on a phase as a run of the ledger: entered when it begins, and how it ended, whatever happens. */
export async function bookedRun(
  { session, signal }: { readonly session: Session; readonly signal: AbortSignal | undefined },
  phaseId: number,
  inbox: Inbox,
  work: () => Promise<PhaseRun>,
): Promise<PhaseRun> {
  const runId = await startRun(session, phaseId, operator());
  try {
    await inbox.open();
    const result = await work();
    await finishRun(session, runId, 'finished', result.state);
    return result;
  } catch (error) {
    const stopped = signal?.aborted === true;
    const outcome = stopped ? 'stopped' : error instanceof DrydockError ? error.code : 'failed';
    // The ledger is told if it can be; the error that counts is the first one.
    await finishRun(session, runId, stopped ? 'stopped' : 'failed', outcome).catch(() => undefined);
    throw error;
  }
}

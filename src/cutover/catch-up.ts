import { stopCapture } from '../capture/stop.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { readBatches } from '../ledger/batches.js';
import type { Phase } from '../phases/phase.js';
import { syncJob } from '../run/sync-job.js';
import { applyChanges, prepareSession } from '../sync/apply.js';
import { drain, mayPass } from '../sync/drain.js';
import type { Turn } from './swap.js';
import { differingTables } from './verify-keys.js';

const STATE = 'The names are as they were; what was written is in the queue.';

/** So few changes are applied behind the locks in no time. */
const FEW_CHANGES = 10;
const MOST_PASSES = 8;

/** Applies what was written to the legacy tables, before and under the locks of a swap. */
export interface CatchUp {
  /** Until a snapshot shows no more; writers go on meanwhile. */
  ahead(): Promise<void>;
  /** The rest, in the transaction that holds the locks, and proves it; gives the number of keys. */
  within(): Promise<number>;
}

export async function openCatchUp(
  { context, phase, phaseId, patienceMs }: Turn,
  session: Session,
): Promise<CatchUp> {
  await prepareSession(session);
  const job = syncJob(context, phase, phaseId, await readBatches(session, phaseId));
  return {
    async ahead() {
      const until = performance.now() + patienceMs;
      const again = {
        signal: context.signal,
        attempts: Number.POSITIVE_INFINITY,
        retryable: (error: unknown) => mayPass(error) && performance.now() < until,
      };
      // Each pass is shorter than the one before it, down to what comes in while one goes on.
      for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
        const { changes, reopened } = await withRetry(() => drain(session, job), again);
        if (reopened) throw emptied(phase);
        if (changes <= FEW_CHANGES) break;
      }
    },
    async within() {
      const applied = await applyChanges(session, job, null);
      if (applied.reopened) throw emptied(phase);
      if (applied.changes === 0) return 0;
      const differing = await differingTables(session, phase, job.targets, phaseId);
      if (differing.length === 0) return applied.keys;
      throw new DrydockError({
        code: 'different',
        what: `What was just written is not the same in the unified tables: ${differing.join(', ')}.`,
        state: STATE,
        next: `drydock verify --phase ${phase.name} names what differs.`,
      });
    },
  };
}

/** Ends the phase's capture, in a transaction of the caller's. */
export async function endCapture(session: Session, phaseId: number): Promise<void> {
  await stopCapture(session, phaseId);
}

function emptied(phase: Phase): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: `A legacy table of phase ${phase.name} was emptied by TRUNCATE: its batches are to be loaded again.`,
    state: STATE,
    next: `Run: drydock run --phase ${phase.name}`,
  });
}

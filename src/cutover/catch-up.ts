import { stopCapture } from '../capture/stop.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { readBatches } from '../ledger/batches.js';
import { sweepQueue } from '../ledger/changes.js';
import type { Phase } from '../mapping/phase.js';
import { applyChanges, prepareSession } from '../sync/apply.js';
import { drain, mayPass } from '../sync/drain.js';
import { syncJob } from '../sync/sync-job.js';
import type { Turn } from './turn.js';
import { differingTables } from './verify-keys.js';

const STATE = 'The names are as they were; what was written is in the queue.';

/** Down to so many changes a pass is shorter than the one before it; then it costs the same however few there are. */
const FEW_CHANGES = 100;
const MOST_PASSES = 8;
/** So often what is done behind the locks is done before them: what is done for the first time takes twice as long. */
const REHEARSALS = 3;

/** Applies what was written to the legacy tables, before and under the locks of a swap. */
export interface CatchUp {
  /** Down to a few changes, in so many milliseconds; writers go on meanwhile. */
  ahead(leftMs: number): Promise<void>;
  /** Further, down to what is written while that is done which is left for the locks. */
  rehearse(leftMs: number): Promise<void>;
  /** The rest, in the transaction that holds the locks, and proves it; gives the number of keys. */
  within(): Promise<number>;
}

export async function openCatchUp({ context, phase, phaseId }: Turn, session: Session): Promise<CatchUp> {
  await prepareSession(session, phase);
  const job = syncJob(context, phase, phaseId, await readBatches(session, phaseId));
  const proven = async () => {
    const applied = await applyChanges(session, job, null);
    if (applied.reopened) throw emptied(phase);
    const differing =
      applied.changes === 0 ? [] : await differingTables(session, phase, job.targets, phaseId);
    return { ...applied, differing };
  };
  const drained = async (leftMs: number) => {
    const until = performance.now() + leftMs;
    const { changes, reopened } = await withRetry(() => drain(session, job), {
      signal: context.signal,
      attempts: Number.POSITIVE_INFINITY,
      retryable: (error: unknown) => mayPass(error) && performance.now() < until,
    });
    if (reopened) throw emptied(phase);
    return changes;
  };
  const ahead = async (leftMs: number) => {
    const until = performance.now() + leftMs;
    for (let pass = 1; pass <= MOST_PASSES; pass += 1)
      if ((await drained(until - performance.now())) <= FEW_CHANGES) return;
  };
  return {
    ahead,
    async rehearse(leftMs) {
      await ahead(leftMs);
      await sweepQueue(session);
      for (let time = 1; time <= REHEARSALS; time += 1) {
        try {
          const { changes } = await session.transaction(proven, 'repeatable read');
          if (changes === 0) return;
        } catch (error) {
          // Somebody writes the same rows: a drain knows how to get past.
          if (!mayPass(error)) throw error;
          await drained(leftMs);
        }
      }
    },
    async within() {
      const { keys, differing } = await proven();
      if (differing.length === 0) return keys;
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

import { requireUnchanged } from '../context/configuration.js';
import type { Context } from '../context/context.js';
import { namingValues } from '../context/named-values.js';
import { secondsSince, throwIfStopped } from '../context/stoppable.js';
import type { Pace } from '../control/pace.js';
import { withRetry } from '../db/retry.js';
import { isRewritten } from '../db/rewritten.js';
import { sqlState } from '../db/sqlstate.js';
import { type Batch, isReopened } from '../ledger/batches.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { laterConsolidations } from '../project/project.js';
import { runSegment, type SegmentJob, segmentsOf, type Work } from './segment.js';
import type { Selection } from './selection.js';

export interface LoadSummary {
  readonly loaded: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly seconds: number;
  /** Of them waited: see Pace. */
  readonly heldSeconds: number;
}

/**
 * The batches that are still to be loaded; or the selected part, loaded before or not, and with it what an earlier
 * phase made pending again: that would stay wrong.
 */
export function workOf(batches: readonly Batch[], selection: Selection | null): Work[] {
  if (selection === null) {
    return batches
      .filter((batch) => batch.status === 'pending')
      .map((batch) => ({ batch, range: batch.range }));
  }
  const selected = new Set(selection.batches);
  return batches
    .filter((batch) => selected.has(batch) || isReopened(batch))
    .map((batch) => ({
      batch,
      // A part of a pending batch cannot be booked: the whole of it is.
      range: batch.status === 'pending' ? batch.range : batch.range.intersect(selection.keys),
    }));
}

/** How many batches were loaded before, and are not loaded again. */
export function leftAsDone(batches: readonly Batch[], work: readonly Work[]): number {
  const again = new Set(work.map(({ batch }) => batch));
  return batches.filter((batch) => batch.status === 'done' && !again.has(batch)).length;
}

/**
 * Loads batches over several lanes, as fast as the pace lets it. The first failure stops them all; what they had
 * committed stays.
 */
export async function loadPhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  work: readonly Work[],
  options: {
    readonly concurrency: number;
    readonly maxRejects: number;
    readonly rows: number;
    readonly batchSize: number;
    readonly pace: Pace;
    /** Whether what is remembered of loaded batches may be trusted: see {@link SegmentJob}. */
    readonly trusted: boolean;
    /** Called with the number of batches that were loaded by now. */
    readonly onLoaded?: (batches: number) => void;
  },
): Promise<LoadSummary> {
  const start = performance.now();
  const { pace } = options;
  let [rowsRead, rowsWritten] = [0, 0];
  const done = new Set<number>();
  const job: SegmentJob = {
    context,
    phase,
    targets,
    pace,
    lanes: options.concurrency,
    budget: { left: options.maxRejects },
    memory: { isTrusted: options.trusted },
    dependents: laterConsolidations(context.project, phase.name).flatMap(
      ({ name }) => context.entries.get(name)?.id ?? [],
    ),
    onRows(rows) {
      rowsRead += rows;
      pace.charge(rows);
    },
    onLoaded({ batch, rows }, result) {
      done.add(batch.number);
      rowsWritten += result === 'already-loaded' ? 0 : result.written;
      options.onLoaded?.(done.size);
      context.report({
        type: 'batch',
        phase: phase.name,
        batch: batch.number,
        rows: rows.counts().rowsIn,
        doneBatches: done.size,
        totalBatches: work.length,
        doneRows: rowsRead,
        // How many rows a batch has is known when it is read; the last one shows that all of it is done.
        totalRows: done.size === work.length ? rowsRead : Math.max(options.rows, rowsRead),
      });
    },
  };
  try {
    const left = () => work.filter(({ batch }) => !done.has(batch.number));
    let cut = false;
    for (let segments = segmentsOf(work); segments.length > 0 && context.signal?.aborted !== true; ) {
      const waited = await pace.beforeSegment();
      // Where nothing was held for a while, the tables could be altered.
      if (waited || cut) await requireUnchanged(context, phase);
      const next = pace.batchesPerSnapshot(options.batchSize);
      // Each attempt reads what is left in a snapshot of its own.
      await namingValues(context, phase, 'Batches that were booked are complete.', () =>
        withRetry(() => runSegment(job, (segmentsOf(left())[0] ?? []).slice(0, next)), {
          signal: context.signal,
          retryable: passesInAnotherSnapshot,
        }),
      );
      cut = segments[0]?.every(({ batch }) => done.has(batch.number)) !== true;
      segments = segmentsOf(left());
    }
  } catch (error) {
    if (context.signal?.aborted !== true) throw error;
  }
  throwIfStopped(
    context.signal,
    `${done.size} of ${work.length} batches were loaded and booked by this run; the legacy tables are as they were.`,
  );
  return {
    loaded: done.size,
    rowsRead,
    rowsWritten,
    seconds: secondsSince(start),
    heldSeconds: pace.heldSeconds,
  };
}

/**
 * Whether a table was rewritten under the snapshot; or a batch was refused because a row of it names what was deleted after
 * it was read, which is possible where the foreign keys are there already.
 */
function passesInAnotherSnapshot(error: unknown): boolean {
  return isRewritten(error) || (error instanceof Error && sqlState(error.cause) === '23503');
}

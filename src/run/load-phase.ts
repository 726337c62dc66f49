import { type Batch, isReopened } from '../ledger/batches.js';
import type { Targets } from '../mapping/targets.js';
import { laterPhases, phaseDefinitions } from '../phases/all.js';
import type { Phase } from '../phases/phase.js';
import { requireUnchanged } from './configuration.js';
import { type Context, secondsSince, throwIfStopped } from './context.js';
import type { Pace } from './pace/pace.js';
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
  },
): Promise<LoadSummary> {
  const start = performance.now();
  const { pace } = options;
  let [loaded, rowsRead, rowsWritten] = [0, 0, 0];
  const job: SegmentJob = {
    context,
    phase,
    targets,
    pace,
    lanes: options.concurrency,
    budget: { left: options.maxRejects },
    dependents: phaseDefinitions(laterPhases(phase.name)).flatMap(
      ({ name }) => context.entries.get(name)?.id ?? [],
    ),
    onRows(rows) {
      rowsRead += rows;
      pace.charge(rows);
    },
    onLoaded({ batch, rows }, result) {
      loaded += 1;
      rowsWritten += result === 'already-loaded' ? 0 : result.written;
      context.report({
        type: 'batch',
        phase: phase.name,
        batch: batch.number,
        rows: rows.counts().rowsIn,
        doneBatches: loaded,
        totalBatches: work.length,
        doneRows: rowsRead,
        totalRows: Math.max(options.rows, rowsRead),
      });
    },
  };
  try {
    for (const segment of segmentsOf(work)) {
      for (let left = segment; left.length > 0 && context.signal?.aborted !== true; ) {
        const waited = await pace.beforeSegment();
        // Where nothing was held for a while, the tables could be altered.
        if (waited || left !== segment) await requireUnchanged(context, phase);
        const next = left.slice(0, pace.batchesPerSnapshot(options.batchSize));
        left = left.slice(await runSegment(job, next));
      }
    }
  } catch (error) {
    if (context.signal?.aborted !== true) throw error;
  }
  throwIfStopped(
    context.signal,
    `${loaded} of ${work.length} batches were loaded and booked by this run; the legacy tables are as they were.`,
  );
  return { loaded, rowsRead, rowsWritten, seconds: secondsSince(start), heldSeconds: pace.heldSeconds };
}

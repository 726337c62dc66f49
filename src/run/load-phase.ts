import pLimit from 'p-limit';
import { StoppedError } from '../errors.js';
import type { Batch } from '../ledger/batches.js';
import type { Targets } from '../load/targets.js';
import type { Phase } from '../phases/phase.js';
import { type Context, secondsSince } from './context.js';
import { runLane, segmentsOf, type Work } from './lane.js';
import type { Selection } from './selection.js';

export interface LoadSummary {
  readonly loaded: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly seconds: number;
}

/** The batches that are still to be loaded; or the selected part, loaded before or not. */
export function workOf(batches: readonly Batch[], selection: Selection | null): Work[] {
  if (selection === null) {
    return batches
      .filter((batch) => batch.status === 'pending')
      .map((batch) => ({ batch, range: batch.range }));
  }
  // A part of a batch that was never loaded cannot be booked: the whole of it is.
  return selection.batches.map((batch) => ({
    batch,
    range: batch.status === 'pending' ? batch.range : batch.range.intersect(selection.keys),
  }));
}

/** Loads batches over several lanes. The first failure stops all lanes; what they had committed stays. */
export async function loadPhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  work: readonly Work[],
  options: {
    readonly concurrency: number;
    readonly maxRejects: number;
    readonly rows: number;
    readonly total: number;
  },
): Promise<LoadSummary> {
  const start = performance.now();
  const failure = new AbortController();
  const signal =
    context.signal === undefined ? failure.signal : AbortSignal.any([context.signal, failure.signal]);
  const budget = { left: options.maxRejects };
  let [loaded, rowsRead, rowsWritten] = [0, 0, 0];
  const limit = pLimit(options.concurrency);
  const lanes = segmentsOf(work, options.concurrency).map((segment) =>
    limit(async () => {
      if (signal.aborted) return;
      try {
        await runLane(
          {
            context: { ...context, signal },
            phase,
            targets,
            budget,
            onRows(rows) {
              rowsRead += rows;
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
                totalRows: options.rows,
              });
            },
          },
          segment,
        );
      } catch (error) {
        failure.abort();
        throw error;
      }
    }),
  );
  const outcomes = await Promise.allSettled(lanes);
  if (context.signal?.aborted === true) {
    throw new StoppedError(
      `${loaded} of ${work.length} batches were loaded and booked by this run; the legacy tables are as they were.`,
    );
  }
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  const first =
    failures.find((error) => !(error instanceof Error && error.name === 'AbortError')) ?? failures[0];
  if (first !== undefined) throw first;
  return { loaded, rowsRead, rowsWritten, seconds: secondsSince(start) };
}

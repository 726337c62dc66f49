import { withCleanup } from '../db/cleanup.js';
import type { Batch, BatchCounts } from '../ledger/batches.js';
import type { BatchRows } from '../load/batch-rows.js';
import type { LoadResult } from '../load/load-batch.js';
import type { Targets } from '../load/targets.js';
import type { Phase } from '../phases/phase.js';
import { collectBatch } from './collect.js';
import { BatchLoader, type RejectBudget } from './batch-loader.js';
import type { Context } from './context.js';
import { openExtraction } from './extraction.js';

/** Batches that follow each other without a gap: one ordered scan of each table serves them all. */
export type Segment = readonly Batch[];

export interface LaneJob {
  readonly context: Context;
  readonly phase: Phase;
  readonly targets: Targets;
  readonly budget: RejectBudget;
  /** Called with the rows read of a chunk. */
  readonly onRows: (rows: number) => void;
  readonly onBatch: (batch: Batch, result: LoadResult, counts: BatchCounts) => void;
}

/**
 * Works through one segment: a session per source reads it in key order, all in one snapshot; while a batch is
 * being loaded by another session, the next one is being merged.
 */
export async function runLane(job: LaneJob, segment: Segment): Promise<void> {
  const first = segment[0];
  const last = segment.at(-1);
  if (first === undefined || last === undefined) return;
  const { context } = job;
  await withCleanup(async (cleanup) => {
    const loader = new BatchLoader({ ...job, cleanup });
    const grouper = await openExtraction(context, job.phase, first.range.spanTo(last.range), cleanup);
    let loading: Promise<void> = Promise.resolve();
    try {
      for (const batch of segment) {
        if (context.signal?.aborted === true) break;
        const startedAt = new Date();
        const rows = await collectBatch(job.phase, grouper, batch.range.to, job.onRows, context.signal);
        await loading;
        loading = load(job, loader, batch, rows, startedAt);
        // Awaited by the next turn; until then a failure must not count as unhandled.
        loading.catch(() => undefined);
      }
    } finally {
      await loading;
    }
  });
}

async function load(job: LaneJob, loader: BatchLoader, batch: Batch, rows: BatchRows, startedAt: Date): Promise<void> {
  try {
    const result = await loader.load(batch, rows, startedAt);
    job.onBatch(batch, result, rows.counts());
  } finally {
    rows.close();
  }
}

import { withCleanup } from '../db/cleanup.js';
import type { KeyRange } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import type { Load, LoadResult } from '../load/load-batch.js';
import type { Targets } from '../load/targets.js';
import type { Phase } from '../phases/phase.js';
import { BatchLoader, type RejectBudget } from './batch-loader.js';
import { collectBatch } from './collect.js';
import type { Context } from './context.js';
import { openExtraction } from './extraction.js';

/** A batch, or a part of one, to be loaded. */
export interface Work {
  readonly batch: Batch;
  readonly range: KeyRange;
}

/** Work that follows each other without a gap: one ordered scan of each table serves it all. */
export type Segment = readonly Work[];

export interface LaneJob {
  readonly context: Context;
  readonly phase: Phase;
  readonly targets: Targets;
  readonly budget: RejectBudget;
  /** Called with the rows read of a chunk. */
  readonly onRows: (rows: number) => void;
  readonly onLoaded: (load: Load, result: LoadResult) => void;
}

/** Cuts work, which is in key order, into segments without gaps; into at least `lanes` of them where there is enough. */
export function segmentsOf(work: readonly Work[], lanes: number): Segment[] {
  const longest = Math.max(1, Math.ceil(work.length / lanes));
  const segments: Work[][] = [];
  for (const item of work) {
    const open = segments.at(-1);
    const follows = open?.at(-1)?.range.to === item.range.from && item.range.from !== null;
    if (open !== undefined && follows && open.length < longest) open.push(item);
    else segments.push([item]);
  }
  return segments;
}

/**
 * Works through one segment: a session per source reads it in key order, all in one snapshot; while a batch is
 * being loaded by another session, the next one is being merged.
 */
export async function runLane(job: LaneJob, segment: Segment): Promise<void> {
  const [first, last] = [segment[0], segment.at(-1)];
  if (first === undefined || last === undefined) return;
  const { context } = job;
  await withCleanup(async (cleanup) => {
    const loader = new BatchLoader({ ...job, cleanup });
    const grouper = await openExtraction(context, job.phase, first.range.spanTo(last.range), cleanup);
    let loading: Promise<void> = Promise.resolve();
    try {
      for (const { batch, range } of segment) {
        if (context.signal?.aborted === true) break;
        const startedAt = new Date();
        const rows = await collectBatch(job.phase, grouper, range.to, job.onRows, context.signal);
        await loading;
        loading = load(job, loader, { batch, range, rows, startedAt });
        // Awaited by the next turn; until then a failure must not count as unhandled.
        loading.catch(() => undefined);
      }
    } finally {
      await loading;
    }
  });
}

async function load(job: LaneJob, loader: BatchLoader, batch: Load): Promise<void> {
  try {
    job.onLoaded(batch, await loader.load(batch));
  } finally {
    batch.rows.close();
  }
}

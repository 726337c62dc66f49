import pLimit from 'p-limit';
import type { Context } from '../context/context.js';
import type { Pace } from '../control/pace.js';
import { withCleanup } from '../db/cleanup.js';
import type { KeyRange } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { BatchLoader, type RejectBudget } from './batch-loader.js';
import { collectBatch } from './collect.js';
import { openExtraction } from './extraction.js';
import type { Load, LoadResult } from './load-batch.js';

/** A batch, or a part of one, to be loaded. */
export interface Work {
  readonly batch: Batch;
  readonly range: KeyRange;
}

/** Work that follows each other without a gap: one ordered scan of each table serves it all. */
export type Segment = readonly Work[];

export interface SegmentJob {
  readonly context: Context;
  readonly phase: Phase;
  readonly targets: Targets;
  readonly budget: RejectBudget;
  readonly pace: Pace;
  /** Batches that may be loading at one time, each over a connection of its own. */
  readonly lanes: number;
  /**
   * Whether what our tables and the ledger remember of batches may be gone by, in the place of a look at every raw id:
   * where every change since is applied or stands in the queue, and nothing is known to differ. Given up for good when
   * a batch shows that it may not.
   */
  readonly memory: { isTrusted: boolean };
  /** Ledger ids of the later phases, which stand on this one's rows. */
  readonly dependents: readonly number[];
  /** Called with the rows read of a chunk. */
  readonly onRows: (rows: number) => void;
  readonly onLoaded: (load: Load, result: LoadResult) => void;
}

/** Cuts work, which is in key order, into segments without gaps. */
export function segmentsOf(work: readonly Work[]): Segment[] {
  const segments: Work[][] = [];
  for (const item of work) {
    const open = segments.at(-1);
    const follows = item.range.from !== null && open?.at(-1)?.range.to === item.range.from;
    if (open !== undefined && follows) open.push(item);
    else segments.push([item]);
  }
  return segments;
}

/**
 * Works through one segment: a session per source reads it in key order, all in one snapshot, and the batches that
 * are merged from it are loaded over several lanes. Never more batches are in memory than lanes, and the one that
 * is being merged. Leaves batches for another time where the pace wants the snapshot
 * to be given up before, and where more has to be read than what is remembered of them.
 */
export async function runSegment(job: SegmentJob, segment: Segment): Promise<void> {
  const [first, last] = [segment[0], segment.at(-1)];
  if (first === undefined || last === undefined) return;
  const { context, phase, dependents } = job;
  return withCleanup(async (cleanup) => {
    const range = first.range.spanTo(last.range);
    const remembered = job.memory.isTrusted && segment.every(isWhole);
    const { grouper, booked } = await openExtraction(context, phase, range, cleanup, { remembered });
    const idle = Array.from({ length: job.lanes }, () => new BatchLoader({ ...job, cleanup }));
    const limit = pLimit(job.lanes);
    const loading = new Set<Promise<void>>();
    try {
      for (const { batch, range } of segment) {
        if (context.signal?.aborted === true || !(await job.pace.beforeBatch())) break;
        const begun = performance.now();
        const rows = await collectBatch(phase, grouper, range.to, job.onRows, context.signal);
        if (booked !== null && rows.counts().rowsIn !== booked.get(batch.number)) {
          rows.close();
          job.memory.isTrusted = false;
          break;
        }
        const load = limit(() => loadOver(job, idle, { batch, range, rows, begun, dependents }));
        loading.add(load);
        load.then(
          () => loading.delete(load),
          () => undefined,
        );
        if (loading.size >= job.lanes) await Promise.race(loading);
      }
    } finally {
      // What was begun is waited for: a batch is committed whole, or not at all.
      await Promise.allSettled(loading);
    }
    await Promise.all(loading);
  });
}

/** Whether it is a loaded batch, and all of it: only of these it is booked how many rows they are made of. */
function isWhole({ batch, range }: Work): boolean {
  return batch.status === 'done' && range.from === batch.range.from && range.to === batch.range.to;
}

async function loadOver(job: SegmentJob, idle: BatchLoader[], load: Load): Promise<void> {
  const loader = idle.pop();
  try {
    if (loader === undefined) throw new Error('more loads than lanes');
    job.onLoaded(load, await loader.load(load));
  } finally {
    load.rows.close();
    if (loader !== undefined) idle.push(loader);
  }
}

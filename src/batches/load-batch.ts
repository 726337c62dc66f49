import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import { type Batch, bookBatch, lockBatch, reopenBatches } from '../ledger/batches.js';
import { replaceRejects } from '../ledger/rejects.js';
import { isAsStored, type RowReader } from '../load/as-stored.js';
import type { BatchRows } from '../load/batch-rows.js';
import { copyRows } from '../load/copy-rows.js';
import { watchLeavers } from '../load/leavers.js';
import { replaceRange } from '../load/replace-range.js';
import type { BoundPhase } from '../mapping/bind.js';
import { foldedNames } from '../mapping/locate.js';
import type { Targets } from '../mapping/targets.js';
import { countRange } from './count-range.js';

/** A batch to load, or the part of a loaded one to replace. */
export interface Load {
  readonly batch: Batch;
  readonly range: KeyRange;
  readonly rows: BatchRows;
  readonly begun: number;
  /** Ledger ids of the phases whose keys are the ids of this phase's unified rows. */
  readonly dependents: readonly number[];
}

/** What a load did: rows of our tables inserted, updated and deleted; or that an earlier attempt had committed. */
export type LoadResult = { readonly written: number } | 'already-loaded';

/**
 * Loads one batch in one transaction: its rows and its entry in the ledger, or neither. A range that was never
 * loaded is copied straight into the tables; one that was is replaced through staging where it differs, rows that left it
 * are reported as changed, and the batches of later phases that stood on what is gone now are pending again.
 *
 * @param read reads rows of ours; given, because this stage has no sources
 */
export async function loadBatch(
  session: Session,
  bound: BoundPhase,
  targets: Targets,
  load: Load,
  read: RowReader,
): Promise<LoadResult> {
  const { batch, range, rows } = load;
  return session.transaction(async () => {
    const entry = await lockBatch(session, batch);
    if (entry.attempts > batch.attempts) return 'already-loaded';
    let written: number;
    if (entry.attempts === 0) {
      written =
        (await copyRows(session, targets.unified, rows.log('unified'))) +
        (await copyRows(session, targets.folded, rows.log('folded')));
    } else if (await isAsStored(session, read, targets, range, rows)) {
      written = 0;
    } else {
      const left = await watchLeavers(session, bound, targets, batch.phaseId, range);
      const replacement = await replaceRange(session, targets, range, rows, {
        names: foldedNames(bound),
      });
      await left.enqueue();
      if (replacement.moved !== null) await reopenBatches(session, load.dependents, replacement.moved);
      written = replacement.written;
    }
    await replaceRejects(
      session,
      { phaseId: batch.phaseId, scope: range, batchOf: () => batch.number },
      rows.rejects,
    );
    const isPart = range.from !== batch.range.from || range.to !== batch.range.to;
    const counts = isPart
      ? await countRange(session, bound, targets, batch.phaseId, batch.range)
      : rows.counts();
    await bookBatch(session, batch, counts, load.begun);
    return { written };
  });
}

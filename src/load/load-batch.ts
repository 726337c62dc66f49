import type { Session } from '../db/session.js';
import { type Batch, bookBatch, lockBatch } from '../ledger/batches.js';
import { replaceRejects } from '../ledger/rejects.js';
import type { BatchRows } from './batch-rows.js';
import { copyRows } from './copy-rows.js';
import { replaceRange } from './replace-range.js';
import type { Targets } from './targets.js';

/** What a load did: rows of our tables inserted, updated and deleted; or that an earlier attempt had committed. */
export type LoadResult = { readonly written: number } | 'already-loaded';

/**
 * Loads one batch in one transaction: its rows and its entry in the ledger, or neither. A range that was never
 * loaded is copied straight into the tables; one that was is replaced through staging.
 */
export async function loadBatch(session: Session, targets: Targets, batch: Batch, rows: BatchRows, startedAt: Date): Promise<LoadResult> {
  return session.transaction(async () => {
    const entry = await lockBatch(session, batch);
    if (entry.attempts > batch.attempts) return 'already-loaded';
    const written =
      entry.status === 'pending'
        ? (await copyRows(session, targets.unified, rows.log('unified'))) + (await copyRows(session, targets.folded, rows.log('folded')))
        : await replaceRange(session, targets, batch.range, rows);
    await replaceRejects(session, { phaseId: batch.phaseId, batch: batch.number, range: batch.range }, rows.rejects);
    await bookBatch(session, batch, rows.counts(), startedAt);
    return { written };
  });
}

import type { Work } from '../batches/segment.js';
import type { Context } from '../context/context.js';
import { secondsSince, throwIfStopped } from '../context/stoppable.js';
import type { Pace } from '../control/pace.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import { bookBatch, lockBatch } from '../ledger/batches.js';
import type { Counts } from '../project/derived.js';

export interface Backfill {
  readonly loaded: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly seconds: number;
}

/** An earlier attempt had committed, and its answer was lost. */
const LOADED_ALREADY = { rowsIn: 0, rowsOut: 0 };

/** Counts the keys of batches, each with its entry in the ledger in one transaction. */
export async function backfill(
  context: Context,
  counts: Counts,
  work: readonly Work[],
  pace: Pace,
): Promise<Backfill> {
  const start = performance.now();
  const { session } = context;
  const { rows } = await session.one(counts.toCount);
  context.report({ type: 'phase', phase: pace.phase, batches: work.length, rows: Number(rows) });
  let [loaded, rowsRead, rowsWritten] = [0, 0, 0];
  for (const { batch, range } of work) {
    throwIfStopped(context.signal, 'Batches that were booked are complete; the ledger says what is left.');
    await pace.beforeSegment();
    const begun = performance.now();
    const counted = await withRetry(
      () =>
        session.transaction(async () => {
          for (const statement of counts.lock) await session.execute(statement);
          // A successor waits here for what becomes of a transaction whose client was killed.
          const { attempts } = await lockBatch(session, batch);
          if (attempts > batch.attempts) return LOADED_ALREADY;
          const now = await count(session, counts, range, batch.range);
          await bookBatch(session, batch, { sources: {}, ...now, folded: 0, rejected: 0 }, begun);
          return now;
        }, 'repeatable read'),
      { signal: context.signal },
    );
    loaded += 1;
    rowsRead += counted.rowsIn;
    rowsWritten += counted.rowsOut;
    pace.charge(counted.rowsIn);
    context.report({
      type: 'batch',
      phase: pace.phase,
      batch: batch.number,
      rows: counted.rowsIn,
      doneBatches: loaded,
      totalBatches: work.length,
      doneRows: rowsRead,
      totalRows: Math.max(Number(rows), rowsRead),
    });
  }
  return { loaded, rowsRead, rowsWritten, seconds: secondsSince(start) };
}

/** Counts a range anew, and gives what the whole batch holds then. */
async function count(
  session: Session,
  counts: Counts,
  range: KeyRange,
  whole: KeyRange,
): Promise<{ readonly rowsIn: number; readonly rowsOut: number }> {
  for (const statement of counts.recount((column) => range.condition(column))) {
    await session.execute(statement);
  }
  const row = await session.one(counts.countedIn((column) => whole.condition(column)));
  return { rowsIn: Number(row.rows_in), rowsOut: Number(row.rows_out) };
}

/** Adds up what was written since; nobody's work waits for it. */
export async function foldChanges(context: Context, counts: Counts): Promise<void> {
  const { session, signal } = context;
  await withRetry(
    () =>
      session.transaction(async () => {
        for (const statement of counts.fold) await session.execute(statement);
      }),
    { signal },
  );
}

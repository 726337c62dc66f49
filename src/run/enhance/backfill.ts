import { withRetry } from '../../db/retry.js';
import type { Session } from '../../db/session.js';
import type { KeyRange } from '../../keys/key-range.js';
import { bookBatch, lockBatch } from '../../ledger/batches.js';
import { fold, lockCounted, type Metrics, recount } from '../../redditharbor/enhancements/metrics.js';
import { type Context, secondsSince, throwIfStopped } from '../context.js';
import type { Pace } from '../pace/pace.js';
import type { Work } from '../segment.js';

export interface Backfill {
  readonly loaded: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly seconds: number;
}

/** An earlier attempt had committed, and its answer was lost. */
const LOADED_ALREADY = { rowsIn: 0, rowsOut: 0 };

/** Counts the metrics of batches of submissions, each with its entry in the ledger in one transaction. */
export async function backfill(
  context: Context,
  metrics: Metrics,
  work: readonly Work[],
  pace: Pace,
): Promise<Backfill> {
  const start = performance.now();
  const { session } = context;
  const { rows } = await session.one(`select count(*) as rows from ${metrics.opportunities}`);
  context.report({ type: 'phase', phase: 'enhancements', batches: work.length, rows: Number(rows) });
  let [loaded, rowsRead, rowsWritten] = [0, 0, 0];
  for (const { batch, range } of work) {
    throwIfStopped(context.signal, 'Batches that were booked are complete; the ledger says what is left.');
    await pace.beforeSegment();
    const begun = performance.now();
    const counts = await withRetry(
      () =>
        session.transaction(async () => {
          for (const statement of lockCounted(metrics)) await session.execute(statement);
          // A successor waits here for what becomes of a transaction whose client was killed.
          const { attempts } = await lockBatch(session, batch);
          if (attempts > batch.attempts) return LOADED_ALREADY;
          const counted = await count(session, metrics, range, batch.range);
          await bookBatch(session, batch, { sources: {}, ...counted, folded: 0, rejected: 0 }, begun);
          return counted;
        }, 'repeatable read'),
      { signal: context.signal },
    );
    loaded += 1;
    rowsRead += counts.rowsIn;
    rowsWritten += counts.rowsOut;
    pace.charge(counts.rowsIn);
    context.report({
      type: 'batch',
      phase: 'enhancements',
      batch: batch.number,
      rows: counts.rowsIn,
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
  metrics: Metrics,
  range: KeyRange,
  whole: KeyRange,
): Promise<{ readonly rowsIn: number; readonly rowsOut: number }> {
  for (const statement of recount(metrics, (column) => range.condition(column))) {
    await session.execute(statement);
  }
  const row = await session.one(
    `select coalesce(sum(opportunities), 0)::bigint as rows_in, count(*) as rows_out
     from ${metrics.totals} where ${whole.condition('submission_id')}`,
  );
  return { rowsIn: Number(row.rows_in), rowsOut: Number(row.rows_out) };
}

/** Adds up what was written since; nobody's work waits for it. */
export async function foldChanges(context: Context, metrics: Metrics): Promise<void> {
  const { session, signal } = context;
  await withRetry(
    () =>
      session.transaction(async () => {
        for (const statement of fold(metrics)) await session.execute(statement);
      }),
    { signal },
  );
}

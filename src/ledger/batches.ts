import type { Session } from '../db/session.js';
import { KeyRange } from '../keys/key-range.js';
import type { BatchStatus } from '../reports/status.js';
import { setState } from './phases.js';

/** A batch: a numbered key range of a phase. */
export interface Batch {
  readonly phaseId: number;
  readonly number: number;
  readonly range: KeyRange;
  readonly status: 'pending' | 'done';
  /** How often it was loaded; goes up by one with every commit, which tells a lost answer from a lost commit. */
  readonly attempts: number;
  readonly rowsIn: number;
}

/** Whether the batch was loaded, and an earlier phase has changed since what it stands on. */
export function isReopened(batch: Batch): boolean {
  return batch.status === 'pending' && batch.attempts > 0;
}

/** From the first to the last of some batches, with all that lie between them. */
export function spanOf(batches: readonly Batch[], some: readonly Batch[]): readonly Batch[] {
  const [first, last] = [some[0], some.at(-1)];
  if (first === undefined || last === undefined) return [];
  return batches.filter(({ number }) => number >= first.number && number <= last.number);
}

/** Rows of one source in one batch. */
export interface SourceCounts {
  readonly read: number;
  readonly primary: number;
  readonly folded: number;
  readonly rejected: number;
}

export interface BatchCounts {
  readonly sources: Readonly<Record<string, SourceCounts>>;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly folded: number;
  readonly rejected: number;
}

export async function readBatches(session: Session, phaseId: number): Promise<Batch[]> {
  const rows = await session.query(
    'select number, key_from, key_to, status, attempts, rows_in from drydock.batches where phase_id = $1::int order by number',
    [phaseId],
  );
  return rows.map((row) => ({
    phaseId,
    number: Number(row.number),
    range: new KeyRange(row.key_from ?? null, row.key_to ?? null),
    status: row.status as Batch['status'],
    attempts: Number(row.attempts),
    rowsIn: Number(row.rows_in),
  }));
}

/**
 * Locks the batch's entry for the transaction and reads it. Waits for a predecessor that was killed while its
 * transaction is still at work, so that what is read is what became of it.
 */
export async function lockBatch(session: Session, batch: Batch): Promise<{ readonly attempts: number }> {
  const row = await session.one(
    'select attempts from drydock.batches where phase_id = $1::int and number = $2::int for update',
    [batch.phaseId, batch.number],
  );
  return { attempts: Number(row.attempts) };
}

/**
 * Makes the loaded batches of some phases pending again that hold any of the keys, and the phases incomplete: what
 * was said of them before, `verified` included, holds no longer. They are replaced when they are loaded again.
 *
 * @param keys a table with the keys, in its column `id`
 */
export async function reopenBatches(
  session: Session,
  phaseIds: readonly number[],
  keys: string,
): Promise<void> {
  for (const phaseId of phaseIds) {
    const reopened = await session.execute(
      `update drydock.batches b set status = 'pending'
       where b.phase_id = $1::int and b.status = 'done' and exists (
         select from ${keys} k where (b.key_from is null or k.id >= b.key_from) and (b.key_to is null or k.id < b.key_to)
       )`,
      [phaseId],
    );
    if (reopened > 0) {
      await setState(session, phaseId, 'loading');
    }
  }
}

/** Makes all loaded batches of a phase pending again: what was written to their rows since is known to nobody. */
export async function reopenAll(session: Session, phaseId: number): Promise<number> {
  const reopened = await session.execute(
    `update drydock.batches set status = 'pending' where phase_id = $1::int and status = 'done'`,
    [phaseId],
  );
  if (reopened > 0) await setState(session, phaseId, 'loading');
  return reopened;
}

/**
 * Books a batch as loaded, in the transaction that holds its rows. Times are the server's: other clocks may be ahead.
 *
 * @param begun when the work on it began, by `performance.now()`
 */
export async function bookBatch(
  session: Session,
  batch: Batch,
  counts: BatchCounts,
  begun: number,
): Promise<void> {
  await session.execute(
    `update drydock.batches
     set status = 'done', attempts = attempts + 1, started_at = clock_timestamp() - make_interval(secs => $3::text::float8), finished_at = clock_timestamp(),
       sources = $4::jsonb, rows_in = $5::bigint, rows_out = $6::bigint, folded = $7::bigint, rejected = $8::bigint
     where phase_id = $1::int and number = $2::int`,
    [
      batch.phaseId,
      batch.number,
      String((performance.now() - begun) / 1_000),
      JSON.stringify(counts.sources),
      counts.rowsIn,
      counts.rowsOut,
      counts.folded,
      counts.rejected,
    ],
  );
}

/** Books what a loaded batch holds now; in the transaction that took some of its rows away. */
export async function rebookBatch(session: Session, batch: Batch, counts: BatchCounts): Promise<void> {
  await session.execute(
    `update drydock.batches
     set sources = $3::jsonb, rows_in = $4::bigint, rows_out = $5::bigint, folded = $6::bigint, rejected = $7::bigint
     where phase_id = $1::int and number = $2::int`,
    [
      batch.phaseId,
      batch.number,
      JSON.stringify(counts.sources),
      counts.rowsIn,
      counts.rowsOut,
      counts.folded,
      counts.rejected,
    ],
  );
}

export async function listBatches(session: Session, phaseId: number): Promise<BatchStatus[]> {
  const rows = await session.query(
    `select number, key_from, key_to, status, rows_in, rows_out, folded, rejected, attempts, finished_at
     from drydock.batches where phase_id = $1::int order by number`,
    [phaseId],
  );
  return rows.map((row) => ({
    number: Number(row.number),
    from: row.key_from ?? null,
    to: row.key_to ?? null,
    status: row.status as BatchStatus['status'],
    rowsIn: Number(row.rows_in),
    rowsOut: Number(row.rows_out),
    folded: Number(row.folded),
    rejected: Number(row.rejected),
    attempts: Number(row.attempts),
    finishedAt: row.finished_at ?? null,
  }));
}

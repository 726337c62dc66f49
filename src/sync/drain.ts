import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import { withRetry } from '../db/retry.js';
import { isRewritten } from '../db/rewritten.js';
import type { Session } from '../db/session.js';
import { isRetryable, sqlState } from '../db/sqlstate.js';
import { type Applied, applyChanges, holdTargets } from './apply.js';
import type { SyncJob } from './job.js';

/**
 * Changes per transaction: so many that one takes a second or two, in which locks on our rows are held. Some of its
 * statements cost the same however few there are, so small portions are slow ones.
 */
const FEWEST = 4_000;
const FIRST = 8_000;
const MOST = 20_000;
const SECONDS_WANTED = 2;
/** A portion that met a neighbour is given again in parts: the fewer rows it writes, the fewer it meets. */
const SMALLER = 8;
/** So often a drain may meet a writer of our tables; then it keeps them out of each portion, and meets none. */
const MET = 2;
/** Attempts at a portion, where one gives the command and waits for it. */
const ATTEMPTS = 8;

/** How many changes to take at a time, by how long the last ones took. */
class Portion {
  #size = FIRST;

  get size(): number {
    return this.#size;
  }

  took(seconds: number, changes: number): void {
    if (changes < this.#size && seconds < SECONDS_WANTED) return;
    const fitting = (this.#size * SECONDS_WANTED) / Math.max(seconds, 0.001);
    this.#size = Math.round(Math.min(MOST, 2 * this.#size, Math.max(FEWEST, fitting)));
  }
}

/** What a drain did, in sum. */
export interface Drained extends Omit<Applied, 'lagSeconds'> {
  /** The greatest age of a change when it was taken, in seconds. */
  readonly lagSeconds: number;
  readonly seconds: number;
}

/**
 * Applies the changes of a phase portion by portion, each in a transaction of its own, until a snapshot shows no more.
 * Stops where batches have to be loaded again: see {@link Applied.reopened}. Wants a session that was prepared.
 *
 * @param onApplied called after each commit
 * @param attempts at a portion that others stand in the way of, in all; the last error is thrown
 */
export async function drain(
  session: Session,
  job: SyncJob,
  onApplied: (applied: Applied) => void = () => undefined,
  attempts = ATTEMPTS,
): Promise<Drained> {
  const start = performance.now();
  const portion = new Portion();
  const total = { changes: 0, keys: 0, written: 0, lagSeconds: 0, reopened: false };
  let met = 0;
  while (job.signal?.aborted !== true) {
    const from = performance.now();
    let most = portion.size;
    const applied = await withRetry(
      (attempt) => {
        if (attempt > 1) met += 1;
        const holds = met >= MET;
        // What is held meets nobody: it need not be smaller than the last one that was not.
        const divided = holds ? Math.max(1, attempt - MET) : attempt - 1;
        most = Math.max(1, Math.ceil(portion.size / SMALLER ** divided));
        return inFreshSnapshot(job.signal, () =>
          session.transaction(async () => {
            if (holds) await holdTargets(session, job);
            return applyChanges(session, job, most);
          }, 'repeatable read'),
        );
      },
      {
        signal: job.signal,
        // A rewrite was met often enough by then, and no smaller portion would help.
        retryable: (error) => mayPass(error) && !isRewritten(error),
        attempts,
      },
    );
    portion.took((performance.now() - from) / 1000, applied.changes);
    add(total, applied);
    if (applied.changes > 0) onApplied(applied);
    // Fewer than were asked for were all that there were.
    if (applied.reopened || applied.changes < most) break;
  }
  return { ...total, seconds: (performance.now() - start) / 1000 };
}

function add(total: { -readonly [K in keyof Applied]: Applied[K] }, applied: Applied): void {
  total.changes += applied.changes;
  total.keys += applied.keys;
  total.written += applied.written;
  total.lagSeconds = Math.max(total.lagSeconds, applied.lagSeconds);
  total.reopened ||= applied.reopened;
}

/** A crosswalk row that went while its rows were written, like a lock that was not to be had: the next snapshot knows. */
export function mayPass(error: unknown): boolean {
  return isRetryable(error) || sqlState(error) === '23503';
}

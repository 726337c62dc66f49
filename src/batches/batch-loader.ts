import type { Context } from '../context/context.js';
import { openReader, snapshotOf } from '../context/reader.js';
import type { Cleanup } from '../db/cleanup.js';
import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { isConnectionLost, isRetryable, isRowError, type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { closeGroup } from '../extract/group.js';
import { KeyRange, successor } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import type { Reject } from '../ledger/rejects.js';
import { BatchRows } from '../load/batch-rows.js';
import { refusalOf, refusedKey } from '../load/refused-key.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { openExtraction } from './extraction.js';
import { type Load, type LoadResult, loadBatch } from './load-batch.js';
import { rejectsOf } from './rejects.js';

/** Whether the same load may pass when it is given again; also where the server is not back yet. */
function mayPass(error: unknown): boolean {
  // To connect was tried again already, where the server had refused it for the time being.
  if (error instanceof DrydockError) return isConnectionLost(error.cause);
  return isRetryable(error) || isConnectionLost(error);
}

/** How many rows may still be put aside, over all lanes. */
export interface RejectBudget {
  left: number;
}

/** Loads batches, one after the other, over a connection of its own, which it replaces when it breaks. */
export class BatchLoader {
  readonly #context: Context;
  readonly #phase: Phase;
  readonly #targets: Targets;
  readonly #budget: RejectBudget;
  readonly #cleanup: Cleanup;
  #session: Session | undefined;

  constructor(parts: {
    context: Context;
    phase: Phase;
    targets: Targets;
    budget: RejectBudget;
    cleanup: Cleanup;
  }) {
    this.#context = parts.context;
    this.#phase = parts.phase;
    this.#targets = parts.targets;
    this.#budget = parts.budget;
    this.#cleanup = parts.cleanup;
  }

  /**
   * Loads a batch, giving it again where the error deserves it. The rows are at hand, so nothing is read twice; and
   * after a broken connection the ledger says whether the commit went through.
   */
  async load(load: Load): Promise<LoadResult> {
    const { batch, rows } = load;
    for (;;) {
      try {
        return await withRetry(() => this.#attempt(load), {
          signal: this.#context.signal,
          retryable: mayPass,
        });
      } catch (error) {
        const refused = await this.#refusedKey(error, rows);
        if (refused === undefined) throw this.#failure(batch, error);
        await this.#putAside(batch, rows, refused, error as PostgresError);
      }
    }
  }

  async #attempt(load: Load): Promise<LoadResult> {
    this.#session ??= await this.#context.connector.open(this.#cleanup);
    try {
      return await loadBatch(this.#session, this.#phase.bound, this.#targets, load, copyRowsOf);
    } catch (error) {
      if (isConnectionLost(error)) {
        await this.#session.close();
        this.#session = undefined;
      }
      throw error;
    }
  }

  async #refusedKey(error: unknown, rows: BatchRows): Promise<string | undefined> {
    const session = this.#session;
    if (session === undefined || !isRowError(error)) return undefined;
    await session.begin();
    try {
      return await refusedKey(session, error, rows, this.#targets);
    } finally {
      await session.rollback().catch(() => undefined);
    }
  }

  async #putAside(batch: Batch, rows: BatchRows, key: string, error: PostgresError): Promise<void> {
    const reason = refusalOf(error);
    const { rejects, booked } = await this.#reread(key, reason);
    this.#budget.left -= rejects.length;
    if (this.#budget.left < 0) {
      throw new DrydockError({
        code: 'too-many-rejects',
        what: `Phase ${this.#phase.name}, batch ${batch.number}: the server refused the rows of key ${key} (${reason}), and no more rows may be put aside.`,
        state: 'Batches loaded before it are complete and booked; this batch was not touched.',
        next: `Mend the row, or let rows be put aside with --max-rejects ${-this.#budget.left} or more. --verbose shows the server's message.`,
        detail: [error.message, error.where].join('\n'),
        cause: error,
      });
    }
    rows.reject(key, rejects, booked);
  }

  /** The legacy rows of a key, once more and in one snapshot: as rejects, and as what had been booked for them. */
  async #reread(
    key: string,
    reason: string,
  ): Promise<{ readonly rejects: Reject[]; readonly booked: BatchRows }> {
    return inFreshSnapshot(this.#context.signal, async (cleanup) => {
      const booked = new BatchRows(this.#phase.bound.sources.map((source) => source.rule.table));
      cleanup.add(() => booked.close());
      const session = await openReader(this.#context, cleanup);
      const range = new KeyRange(key, successor(key));
      const snapshot = await snapshotOf(session);
      const { grouper } = await openExtraction(this.#context, this.#phase, range, cleanup, { snapshot });
      for await (const groups of grouper.until(null)) {
        for (const group of groups) {
          this.#phase.merger.merge(group, booked);
          closeGroup(group);
        }
      }
      const rejects = await rejectsOf(session, this.#phase, key, reason);
      await session.passFence();
      if (rejects.length === 0) throw new Error(`the rows of key ${key} are gone`);
      return { rejects, booked };
    });
  }

  #failure(batch: Batch, error: unknown): unknown {
    if (error instanceof DrydockError || (error instanceof Error && error.name === 'AbortError'))
      return error;
    const { message, where, detail, constraint } = error as PostgresError;
    // The server's message may quote the row, which belongs into the detail.
    const reason =
      sqlState(error) === undefined
        ? message
        : `SQLSTATE ${sqlState(error)}${constraint === undefined ? '' : `, constraint ${constraint}`}`;
    return new DrydockError({
      code: 'batch-failed',
      what: `Phase ${this.#phase.name}, batch ${batch.number}, keys ${batch.range}: loading failed (${reason}).`,
      state: 'Batches loaded before it are complete and booked; this batch was not touched.',
      next: 'Mend the cause and give the same command again: it goes on where it stopped. --verbose shows what the server said.',
      detail: [message, detail, where].filter((part) => part !== undefined).join('\n'),
      cause: error,
    });
  }
}

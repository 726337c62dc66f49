import type { Context } from '../context/context.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { withCleanup } from '../db/cleanup.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

/** Legacy rows that are still to be loaded when the analysis begins: it is done before they are. */
const BESIDE_ROWS = 200_000;

/**
 * Statistics for the planner, after a first load. They take as long as all indexes, one core works on them, and no
 * index can be built meanwhile. So the unified table is analysed while the last part of it is loaded, when as little as
 * half of it is there: batches come in the order of their keys, which most columns have nothing to do with. Those that
 * may have, and those that are looked up by, are analysed again at the end, which takes a third of the time.
 */
export class Statistics {
  readonly #context: Pick<Context, 'connector' | 'session' | 'cleanup' | 'signal'>;
  readonly #phase: Phase;
  readonly #targets: Targets;
  readonly #batchSize: number;
  #beside: Promise<boolean> | undefined;

  constructor(parts: {
    context: Pick<Context, 'connector' | 'session' | 'cleanup' | 'signal'>;
    phase: Phase;
    targets: Targets;
    batchSize: number;
  }) {
    this.#context = parts.context;
    this.#phase = parts.phase;
    this.#targets = parts.targets;
    this.#batchSize = parts.batchSize;
  }

  /** To be told how many of all batches are still to be loaded, after each one. */
  left(batches: number, all: number): void {
    const isTime = batches > 0 && batches * 2 <= all && batches * this.#batchSize <= BESIDE_ROWS;
    // Short loads are over before it is; and statistics of an expression come only with those of all columns.
    const isWorthIt =
      all * this.#batchSize >= 2 * BESIDE_ROWS && this.#phase.indexes.every(({ cast }) => cast === undefined);
    if (this.#beside === undefined && isTime && isWorthIt) this.#beside = this.#analyzeBeside();
  }

  /** Waits for the analysis that was begun: no index can be built before. */
  async settle(): Promise<void> {
    await this.#beside;
  }

  /** What is left when the indexes are there; both tables side by side. */
  async finish(): Promise<void> {
    const { connector, session, signal } = this.#context;
    const columns = (await this.#beside) === true ? await this.#columnsThatFollowTheKey() : '';
    await withCleanup(async (cleanup) => {
      const second = await connector.open(cleanup);
      await cancelWhenStopped(connector, [second], signal, cleanup);
      const outcomes = await Promise.allSettled([
        session.execute(`analyze ${this.#targets.unified.qualified}${columns}`),
        second.execute(`analyze ${this.#targets.folded.qualified}`),
      ]);
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    });
  }

  /** Whether it was done: whatever keeps it from it is for the analysis at the end to tell. */
  #analyzeBeside(): Promise<boolean> {
    const { connector, cleanup } = this.#context;
    let isOver = false;
    let pid: number | undefined;
    const work = withCleanup(async (ownCleanup) => {
      const session = await connector.open(ownCleanup);
      pid = await session.backendPid();
      await session.execute(`analyze ${this.#targets.unified.qualified}`);
      return true;
    })
      .catch(() => false)
      .finally(() => {
        isOver = true;
      });
    // Where the load failed, nobody wants it any more.
    cleanup.add(async () => {
      if (!isOver && pid !== undefined) await connector.cancel([pid]).catch(() => undefined);
      await work;
    });
    return work;
  }

  /** Columns that are looked up by, uuids and times: later rows may have later ones. Quoted, in parentheses. */
  async #columnsThatFollowTheKey(): Promise<string> {
    const { columns } = await this.#context.session.one(
      `select coalesce(' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')', '') as columns
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped
         and (t.typcategory = 'D' or t.typname = 'uuid'
           or exists (select from pg_index i where i.indrelid = a.attrelid and a.attnum = any (i.indkey)))`,
      [this.#targets.unified.qualified],
    );
    return String(columns);
  }
}

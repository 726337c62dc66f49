import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, lookAgain, openContext } from '../context/context.js';
import { operator } from '../context/operator.js';
import { type Lock, namedPhases } from '../control/lock.js';
import { describeHolder, findHolder, nameSession, releaseLock, takeLock } from '../control/lock-owner.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { limitedSignal } from '../db/limited-signal.js';
import { isRewritten } from '../db/rewritten.js';
import { isConnectionLost, isRetryable, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { readBacklog } from '../ledger/backlog.js';
import { awaitTurns, settleState } from '../ledger/phases.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { PhaseSync, SyncOptions } from '../reports/sync.js';
import { DEFAULTS } from '../reports/target.js';
import { type CaughtUp, catchUp, NOTHING_DONE, sumOf } from './catch-up.js';
import { Drainer } from './drainer.js';
import { KeepingUp } from './keeping-up.js';
import { phaseSync } from './sync-phase.js';
import { hasWork, openSyncWork, readFooting, type SyncWork } from './sync-work.js';

/** How long a lost server is waited for between two attempts. */
const AGAIN_AFTER_MS = 1_000;
/** For so long it applies changes of one phase before others get their turn, however many are left. */
const TURN_MS = 3_000;
/** Attempts at a portion; then others get their turn, and the next cycle goes on with it. */
const ATTEMPTS = 3;

/**
 * Applies changes for as long as it is let. The operator's lock is held only while there is something to do, so that
 * other commands get their turn: while one has it, this waits. A server that is gone is waited for.
 *
 * @param signal ends it
 */
export async function follow(options: SyncOptions, signal: AbortSignal): Promise<PhaseSync[]> {
  const done = new Map<PhaseName, CaughtUp>();
  let lost = false;
  for (;;) {
    try {
      return await withCleanup(async (cleanup) => {
        // A signal ends it between two portions; nothing has to be cancelled.
        const context = await openContext({ ...options, signal: undefined }, cleanup);
        if (lost) context.report({ type: 'notice', level: 'info', message: 'Connected again.' });
        lost = false;
        const follower = new Follower(context, options, signal, done);
        return follower.run(cleanup);
      });
    } catch (error) {
      const cause = error instanceof DrydockError ? error.cause : error;
      if (signal.aborted || done.size === 0 || !isConnectionLost(cause)) throw error;
      // Once: a server may be away for hours.
      if (!lost) {
        const message = 'The connection was lost; trying again until the server is back.';
        options.onProgress?.({ type: 'notice', level: 'warn', message });
      }
      lost = true;
      await pause(AGAIN_AFTER_MS, signal);
    }
  }
}

class Follower {
  readonly #context: Context;
  readonly #options: SyncOptions;
  readonly #signal: AbortSignal;
  readonly #done: Map<PhaseName, CaughtUp>;
  readonly #keepingUp: KeepingUp;
  #footing = '';
  #work: SyncWork[] = [];
  #waiting = false;
  #isOver = false;

  constructor(context: Context, options: SyncOptions, signal: AbortSignal, done: Map<PhaseName, CaughtUp>) {
    this.#context = context;
    this.#options = options;
    this.#signal = signal;
    this.#done = done;
    this.#keepingUp = new KeepingUp((event) => context.report(event));
  }

  async run(cleanup: Cleanup): Promise<PhaseSync[]> {
    const { connector, schema } = this.#context;
    const session = await connector.open(cleanup);
    const lock: Lock = { session, backendPid: await session.backendPid() };
    await nameSession(session, 'sync', namedPhases(this.#context), operator());
    const drainer = new Drainer(this.#context, cleanup, ATTEMPTS);
    while (!this.#signal.aborted && !this.#isOver) {
      if (await takeLock(session, schema)) {
        this.#waiting = false;
        try {
          await this.#cycle(lock, drainer);
        } catch (error) {
          this.#goOnAfter(error);
        } finally {
          await releaseLock(session, schema).catch(() => undefined);
        }
      } else await this.#tellWhoIsAtWork(lock);
      await pause((this.#options.intervalSeconds ?? DEFAULTS.syncInterval) * 1000, this.#signal);
    }
    const phases: PhaseSync[] = [];
    for (const { context, job } of this.#work) {
      phases.push(await phaseSync(context, job, this.#done.get(job.phase.name) ?? NOTHING_DONE));
    }
    return phases;
  }

  async #cycle(lock: Lock, drainer: Drainer): Promise<void> {
    const { session, schema } = this.#context;
    await awaitTurns(session, schema);
    const footing = await readFooting(session, schema);
    if (footing !== this.#footing) {
      this.#work = await openSyncWork(await lookAgain(this.#context), lock, this.#options);
      this.#footing = footing;
    }
    for (const { context, job, reloading } of this.#work) {
      const { name } = job.phase;
      const before = this.#done.get(name) ?? NOTHING_DONE;
      this.#done.set(name, before);
      if (this.#signal.aborted) return;
      if (!(await hasWork(session, job.phaseId))) {
        await settleState(context.session, job.phaseId);
        continue;
      }
      const turn = limitedSignal(this.#signal, TURN_MS);
      const caughtUp = await catchUp(context, { ...job, signal: turn.signal }, drainer, reloading).finally(
        turn.end,
      );
      this.#done.set(name, sumOf(before, caughtUp));
      this.#keepingUp.applied(name, caughtUp, await readBacklog(session, job.phaseId));
    }
  }

  /** What others stand in the way of is in the queue still, and waits for the next cycle. */
  #goOnAfter(error: unknown): void {
    // A signal, or the end of its turn, ends a wait between two attempts.
    if (error instanceof Error && error.name === 'AbortError') return;
    // It was to run until the completion: a service that starts it again after a failure would do so for ever.
    const wasFollowing = this.#done.size > 0 && this.#options.phases === undefined;
    if (wasFollowing && error instanceof DrydockError && error.code === 'completed') {
      this.#isOver = true;
      const message = 'Every phase is completed: there is nothing to follow any more.';
      this.#context.report({ type: 'notice', level: 'info', message });
      return;
    }
    if (!isRetryable(error)) throw error;
    const why = isRewritten(error)
      ? error.message
      : `Other sessions write the same rows, or hold them (SQLSTATE ${sqlState(error)}).`;
    this.#context.report({ type: 'notice', level: 'warn', message: `${why} Trying again.` });
  }

  async #tellWhoIsAtWork({ session }: Lock): Promise<void> {
    if (this.#waiting) return;
    this.#waiting = true;
    const holder = await findHolder(session, this.#context.schema);
    const who = holder === undefined ? 'another command' : describeHolder(holder);
    this.#context.report({ type: 'notice', level: 'info', message: `Waiting for ${who}.` });
  }
}

/** Ends early, and without an error, when the signal comes. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

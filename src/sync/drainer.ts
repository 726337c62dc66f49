import type { Context } from '../context/context.js';
import { cancelWhenStopped } from '../db/cancel.js';
import type { Cleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { isConnectionLost } from '../db/sqlstate.js';
import { type Applied, makeRoom, prepareSession } from './apply.js';
import { type Drained, drain } from './drain.js';
import type { SyncJob } from './job.js';

/** Applies changes over a session of its own, which it replaces when it breaks: a change that was applied has left the queue. */
export class Drainer {
  readonly #context: Context;
  readonly #cleanup: Cleanup;
  readonly #attempts: number | undefined;
  #session: Session | undefined;
  /** Phases whose changes the session can apply, by name, with how many temporary tables of theirs it has. */
  readonly #prepared = new Map<string, number>();

  /** @param attempts see {@link drain} */
  constructor(context: Context, cleanup: Cleanup, attempts?: number) {
    this.#context = context;
    this.#cleanup = cleanup;
    this.#attempts = attempts;
  }

  async drain(job: SyncJob, onApplied: (applied: Applied) => void): Promise<Drained> {
    const attempt = async (): Promise<Drained> => {
      const session = await this.#open();
      await this.#prepare(session, job);
      try {
        return await drain(session, job, onApplied, this.#attempts);
      } catch (error) {
        if (isConnectionLost(error)) this.#session = undefined;
        if (isConnectionLost(error)) await session.close();
        throw error;
      }
    };
    return withRetry(attempt, { signal: this.#context.signal, retryable: isConnectionLost });
  }

  async #open(): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    const { connector, signal } = this.#context;
    const session = await connector.open(this.#cleanup);
    await cancelWhenStopped(connector, [session], signal, this.#cleanup);
    await makeRoom(session);
    this.#prepared.clear();
    this.#session = session;
    return session;
  }

  /** A crosswalk may have come since, and brings tables. */
  async #prepare(session: Session, { phase }: SyncJob): Promise<void> {
    const tables = phase.resolution?.scratch.length ?? 0;
    if (this.#prepared.get(phase.name) === tables) return;
    await prepareSession(session, phase);
    this.#prepared.set(phase.name, tables);
  }
}

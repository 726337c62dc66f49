import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable } from './sqlstate.js';

const ATTEMPTS = 8;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Gives the work again while its error is one that deserves it, waiting longer each time, with jitter.
 * The one place where Drydock waits for locks: every session has a `lock_timeout`, so a statement that
 * waits never queues others for longer than that.
 */
export async function withRetry<T>(
  work: (attempt: number) => Promise<T>,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly retryable?: (error: unknown) => boolean;
    /** Attempts in all. */
    readonly attempts?: number;
  } = {},
): Promise<T> {
  const retryable = options.retryable ?? isRetryable;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= (options.attempts ?? ATTEMPTS) || !retryable(error) || options.signal?.aborted === true)
        throw error;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
      // Waiting is the one place where chance is wanted: two operators must not retry in step.
      await sleep(wait / 2 + Math.random() * (wait / 2), undefined, { signal: options.signal });
    }
  }
}

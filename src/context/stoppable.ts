import { explained } from '../db/explain.js';
import { withRetry } from '../db/retry.js';
import { isRecoveryConflict } from '../db/sqlstate.js';
import { DrydockError, StoppedError } from '../errors.js';
import type { TargetOptions } from '../reports/target.js';

export function throwIfStopped(signal: AbortSignal | undefined, state: string): void {
  if (signal?.aborted === true) throw new StoppedError(state);
}

export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Reports what a verb has committed, as a sentence: every later error of it begins its state with that. */
export type Done = (fact: string) => void;

const CANCELLED_BY_STANDBY =
  'The standby cancelled what was being read, to go on replaying what the primary wrote; it begins again.';

/** How often work is begun that a standby cancels. */
const RECOVERY_ATTEMPTS = 4;

/**
 * Runs the work; what it throws because of the signal becomes a StoppedError, what the server refuses is explained. The
 * state of an error speaks of the step that failed; what the verb has done before is put in front of it here. What a
 * standby cancelled begins again, where nothing was done: in the database it can have written nothing.
 *
 * @param options the signal that ends it, and where its progress is reported to
 * @param state what is written when the work fails; with `rest`, what is said of it once something is done
 */
export async function stoppable<T>(
  { signal, onProgress }: Pick<TargetOptions, 'signal' | 'onProgress'>,
  state: string | { readonly none: string; readonly rest: string },
  work: (done: Done) => Promise<T>,
): Promise<T> {
  const facts: string[] = [];
  const [none, rest] = typeof state === 'string' ? [state, state] : [state.none, state.rest];
  throwIfStopped(signal, none);
  const retryable = (error: unknown): boolean => {
    if (facts.length > 0 || !isRecoveryConflict(error)) return false;
    onProgress?.({ type: 'notice', level: 'warn', message: CANCELLED_BY_STANDBY });
    return true;
  };
  try {
    return await withRetry(() => work((fact) => facts.push(fact)), {
      signal,
      retryable,
      attempts: RECOVERY_ATTEMPTS,
    });
  } catch (error) {
    const now = facts.length === 0 ? none : rest;
    if (signal?.aborted === true && !(error instanceof DrydockError))
      throw new StoppedError([...facts, now].join(' '));
    const explanation = explained(error, now);
    const first: unknown = explanation instanceof AggregateError ? explanation.errors[0] : explanation;
    if (first instanceof DrydockError) first.precede(facts);
    throw explanation;
  }
}

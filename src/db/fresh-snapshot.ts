import { type Cleanup, withCleanup } from './cleanup.js';
import { withRetry } from './retry.js';
import { isRewritten } from './rewritten.js';
import type { Session } from './session.js';

/**
 * Runs work that goes by one snapshot, with its sessions in a Cleanup; and again by another snapshot where a table was
 * rewritten under this one.
 *
 * @throws RewrittenError after several attempts
 */
export function inFreshSnapshot<T>(
  signal: AbortSignal | undefined,
  work: (cleanup: Cleanup) => Promise<T>,
): Promise<T> {
  return withRetry(() => withCleanup(work), { signal, retryable: isRewritten });
}

/** The same for what reads over one session that is there already, in a read-only transaction. */
export function readTogether<T>(
  session: Session,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return inFreshSnapshot(signal, async (cleanup) => {
    cleanup.add(() => session.rollback().catch(() => undefined));
    await session.begin('repeatable read', 'read only');
    try {
      const result = await work();
      await session.passFence();
      return result;
    } catch (error) {
      throw await session.reasonOf(error);
    }
  });
}

import type { Cleanup } from './cleanup.js';
import type { Connector } from './connect.js';
import type { Session } from './session.js';

/**
 * When the signal comes, cancels what these sessions are doing: a backend that sorts, hashes or builds an index
 * does not notice that its client wants to go, and would work on for nobody. For sessions whose work is lost
 * without harm; not for those that load a batch, which is quick and better finished.
 */
export async function cancelWhenStopped(
  connector: Connector,
  sessions: readonly Session[],
  signal: AbortSignal | undefined,
  cleanup: Cleanup,
): Promise<void> {
  if (signal === undefined) return;
  const pids: number[] = [];
  for (const session of sessions) pids.push(await session.backendPid());
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    // Whoever waits for the statement gets its error; that it could not be cancelled only makes them wait longer.
    cancelling = connector.cancel(pids).catch(() => undefined);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  cleanup.add(async () => {
    signal.removeEventListener('abort', cancel);
    await cancelling;
  });
}

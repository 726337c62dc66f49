import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { KeyRange } from '../keys/key-range.js';
import { extractionQuery } from '../mapping/keyed-source.js';
import type { Phase } from '../phases/phase.js';
import type { Context } from './context.js';
import { openReader } from './reader.js';

/** Starts one ordered COPY per source, all in one snapshot: the given one, else the first session's. */
export async function openExtraction(
  context: Context,
  phase: Phase,
  range: KeyRange,
  cleanup: Cleanup,
  snapshot?: string,
): Promise<Grouper> {
  const sessions: Session[] = [];
  let shared = snapshot;
  for (const _ of phase.keyed) {
    const session = await openReader(context, cleanup, shared);
    shared ??= await session.exportSnapshot();
    sessions.push(session);
  }
  const pids = await Promise.all(sessions.map((session) => session.backendPid()));
  const sources = phase.keyed.map((keyed, index) =>
    copyRowsOf(sessions[index] as Session, extractionQuery(keyed, range)),
  );
  const grouper = new Grouper(sources);
  cleanup.add(async () => {
    // Given up before its end, after a failure: the backends are told, for a sort does not notice that nobody reads.
    if (!grouper.ended) await context.connector.cancel(pids).catch(() => undefined);
    await grouper.close().catch(() => undefined);
  });
  return grouper;
}

import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { KeyRange } from '../keys/key-range.js';
import { readBatches } from '../ledger/batches.js';
import { extractionQuery, type KeyedSource } from '../mapping/keyed-source.js';
import { SELECTIVE_SETTINGS, selectiveQuery } from '../mapping/selective.js';
import { wantedRange } from '../mapping/wanted.js';
import type { Phase } from '../phases/phase.js';
import type { Context } from './context.js';
import { openReader } from './reader.js';

/**
 * Up to this share of all batches, rows are looked for; beyond it all are read. Looking costs one pass over the raw
 * ids, and some look-ups per row that is found; reading, the keys of all rows and a sort of those in the range.
 */
const MOST_SELECTIVE = 0.2;

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
  const isSelective = (await shareOf(context, phase, range)) <= MOST_SELECTIVE;
  if (isSelective) for (const session of sessions) await session.execute(SELECTIVE_SETTINGS);
  const query = (keyed: KeyedSource) =>
    isSelective ? selectiveQuery(keyed, wantedRange(range)) : extractionQuery(keyed, range);
  const pids = await Promise.all(sessions.map((session) => session.backendPid()));
  const sources = phase.keyed.map((keyed, index) => copyRowsOf(sessions[index] as Session, query(keyed)));
  const grouper = new Grouper(sources);
  cleanup.add(async () => {
    // Given up before its end, after a failure: the backends are told, for a sort does not notice that nobody reads.
    if (!grouper.ended) await context.connector.cancel(pids).catch(() => undefined);
    await grouper.close().catch(() => undefined);
  });
  return grouper;
}

/** The share of all batches that a range touches: they hold like numbers of rows. */
async function shareOf(context: Context, phase: Phase, range: KeyRange): Promise<number> {
  const entry = context.entries.get(phase.name);
  if (entry === undefined) return 1;
  const batches = await readBatches(context.session, entry.id);
  return batches.filter((batch) => !batch.range.intersect(range).isEmpty).length / batches.length;
}

import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { KeyRange } from '../keys/key-range.js';
import { readBatches } from '../ledger/batches.js';
import { readPhases } from '../ledger/phases.js';
import { extractionQuery, type KeyedSource } from '../mapping/keyed-source.js';
import { SELECTIVE_SETTINGS, selectiveQuery } from '../mapping/selective.js';
import { wantedRange } from '../mapping/wanted.js';
import type { Phase } from '../phases/phase.js';
import type { Context } from './context.js';
import { openReader } from './reader.js';

/**
 * Up to this share of all batches, rows are looked for; beyond it all are read. Looking costs one pass over the raw
 * ids, and some look-ups per row that is found; reading, the keys of all rows and a sort of those in the range. What
 * is looked for is listed in the server's memory, which bounds the rows as well.
 */
const MOST_SELECTIVE = { share: 0.2, rows: 500_000 } as const;

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
  const isSelective = await isSmall(context, phase, range);
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

/** Whether a range touches few of the batches, which hold like numbers of rows. */
async function isSmall(context: Context, phase: Phase, range: KeyRange): Promise<boolean> {
  // Asked anew: a phase that is loaded for the first time has been entered since the context was made.
  const entry = (await readPhases(context.session, context.schema)).get(phase.name);
  if (entry === undefined) return false;
  const batches = await readBatches(context.session, entry.id);
  const touched = batches.filter((batch) => !batch.range.intersect(range).isEmpty).length;
  return touched <= batches.length * MOST_SELECTIVE.share && touched * entry.batchSize <= MOST_SELECTIVE.rows;
}

import type { Context } from '../context/context.js';
import { openReader, snapshotOf } from '../context/reader.js';
import type { Cleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { copyRowsBehindFence } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { KeyRange } from '../keys/key-range.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import { type PhaseEntry, readPhases } from '../ledger/phases.js';
import { extractionQuery, type KeyedSource } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { wantedRemembered } from '../mapping/remembered.js';
import { SELECTIVE_SETTINGS, selectiveQuery } from '../mapping/selective.js';
import { targetsOf } from '../mapping/targets.js';
import { wantedRange } from '../mapping/wanted.js';

/**
 * Up to this share of all batches, rows are looked for; beyond it all are read. Looking costs one pass over the raw
 * ids, and some look-ups per row that is found; reading, the keys of all rows and a sort of those in the range. What
 * is looked for is listed in the server's memory, which bounds the rows as well.
 */
const MOST_SELECTIVE = { share: 0.2, rows: 500_000 } as const;

/** Groups of legacy rows in the order of their keys, as they come in. */
export interface Extraction {
  readonly grouper: Grouper;
  /**
   * Where only the rows are read that our tables remember: how many the ledger has booked for each batch, in the same
   * snapshot. A batch that gives another number is not whole. Null: every row of the range is read.
   */
  readonly booked: ReadonlyMap<number, number> | null;
}

/**
 * Starts one ordered COPY per source, all in one snapshot: the given one, else the first session's. No row comes before it
 * is sure that none of the tables was rewritten under it.
 *
 * @param remembered whether to read, of a small range, no more than what our tables remember
 * @throws RewrittenError
 */
export async function openExtraction(
  context: Context,
  phase: Phase,
  range: KeyRange,
  cleanup: Cleanup,
  { snapshot, remembered = false }: { readonly snapshot?: string; readonly remembered?: boolean } = {},
): Promise<Extraction> {
  const sessions: Session[] = [];
  let shared = snapshot;
  for (const _ of phase.keyed) {
    const session = await openReader(context, cleanup, shared);
    shared ??= await snapshotOf(session);
    sessions.push(session);
  }
  // Asked anew: a phase that is loaded for the first time has been entered since the context was made.
  const first = sessions[0] ?? context.session;
  const entry = (await readPhases(first, context.schema)).get(phase.name);
  const batches = entry === undefined ? [] : await readBatches(first, entry.id);
  const isSelective = entry !== undefined && isSmall(entry, batches, range);
  if (isSelective) for (const session of sessions) await session.execute(SELECTIVE_SETTINGS);
  const fromMemory = isSelective && remembered;
  const targets = targetsOf(phase);
  const query = (keyed: KeyedSource) => {
    if (!isSelective) return extractionQuery(keyed, range);
    return selectiveQuery(
      keyed,
      fromMemory ? wantedRemembered(keyed.source, targets, entry.id, range) : wantedRange(range),
    );
  };
  const pids = await Promise.all(sessions.map((session) => session.backendPid()));
  const sources = await Promise.all(
    phase.keyed.map((keyed, index) => copyRowsBehindFence(sessions[index] as Session, query(keyed))),
  );
  const grouper = new Grouper(sources);
  cleanup.add(async () => {
    // Given up before its end, after a failure: the backends are told, for a sort does not notice that nobody reads.
    if (!grouper.ended) await context.connector.cancel(pids).catch(() => undefined);
    await grouper.close().catch(() => undefined);
  });
  return {
    grouper,
    booked: fromMemory ? new Map(batches.map((batch) => [batch.number, batch.rowsIn])) : null,
  };
}

/** Whether a range touches few of the batches, which hold like numbers of rows. */
function isSmall({ batchSize }: PhaseEntry, batches: readonly Batch[], range: KeyRange): boolean {
  const touched = batches.filter((batch) => !batch.range.intersect(range).isEmpty).length;
  return touched <= batches.length * MOST_SELECTIVE.share && touched * batchSize <= MOST_SELECTIVE.rows;
}

import { collectBatch } from '../batches/collect.js';
import type { RowBytes } from '../copy-binary/framing.js';
import { RowLog } from '../copy-binary/row-log.js';
import type { Session } from '../db/session.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { BatchRows } from '../load/batch-rows.js';
import { type KeyedSource, type KeyScope, listedQuery } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';

/** Bytes of one source's rows that stay in memory; beyond it they go to a temporary file. */
const MEMORY_PER_SOURCE = 8 << 20;
/** Rows handed on at a time. */
const PIECE = 512;

/**
 * Reads the listed rows that have one of the keys now, over the session that listed them, source by source, and merges
 * them as a batch is merged.
 */
export function mergeListed(session: Session, phase: Phase, scope: KeyScope): Promise<BatchRows> {
  return mergeQueries(session, phase, (keyed) => listedQuery(keyed, scope));
}

/** Merges what a query reads of each source, in the order of the keys, over one session. */
export async function mergeQueries(
  session: Session,
  phase: Phase,
  query: (keyed: KeyedSource) => string,
): Promise<BatchRows> {
  const logs: RowLog[] = [];
  try {
    for (const keyed of phase.keyed) {
      const log = new RowLog(MEMORY_PER_SOURCE);
      logs.push(log);
      for await (const rows of copyRowsOf(session, query(keyed))) for (const row of rows) log.add(row);
    }
    return await collectBatch(phase, new Grouper(logs.map(pieces)), null, () => undefined, undefined);
  } finally {
    for (const log of logs) log.close();
  }
}

async function* pieces(log: RowLog): AsyncGenerator<RowBytes[]> {
  let piece: RowBytes[] = [];
  for (const row of log) {
    piece.push(row);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

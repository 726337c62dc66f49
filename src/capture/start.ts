import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { reopenAll } from '../ledger/batches.js';
import { enterCapture, readCaptures } from '../ledger/captures.js';
import { lockLedger } from '../ledger/schema.js';
import type { Phase } from '../mapping/phase.js';
import { ATTEMPTS, LOCK_PATIENCE } from './patience.js';
import { createFunction, createTriggers, functionName, relationsOf } from './triggers.js';
import { type WatchedTable, watchedTables } from './watched.js';

/** What starting capture did. */
export interface CaptureStart {
  /** Tables that report from now on, and did not before. */
  readonly started: readonly string[];
  /** Loaded batches that are to be loaded again, because nobody knows what was written to their rows. */
  readonly reopened: number;
}

/**
 * Makes sure that the phase's legacy tables report their changes. Each is made to in a transaction of its own, which
 * waits until all older writers of the table are gone: what they wrote is in every snapshot that is taken afterwards,
 * and what is written later is in the queue. Where a table begins to report when batches are loaded already, these are
 * to be loaded again.
 */
export async function startCapture(
  session: Session,
  phase: Phase,
  phaseId: number,
  signal?: AbortSignal,
): Promise<CaptureStart> {
  const started: string[] = [];
  let reopened = 0;
  for (const watched of watchedTables(phase)) {
    if (await isReporting(session, watched, phaseId)) continue;
    reopened += await withRetry(() => session.transaction(() => startTable(session, watched, phaseId)), {
      signal,
      attempts: ATTEMPTS,
    });
    started.push(`${watched.table.schema}.${watched.table.name}`);
  }
  return { started, reopened };
}

/** Whether a table reports to the phase, in every session and from each of its partitions. */
async function isReporting(session: Session, watched: WatchedTable, phaseId: number): Promise<boolean> {
  const known = (await readCaptures(session, phaseId)).some(
    ({ source, tableOid }) => source === watched.table.name && tableOid === watched.table.oid,
  );
  return known && (await relationsOf(session, watched)).every(({ armed }) => armed);
}

async function startTable(session: Session, watched: WatchedTable, phaseId: number): Promise<number> {
  // A killed predecessor's transaction may be making the same function still: what it commits has to be seen.
  await lockLedger(session);
  await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
  await createFunction(session, watched);
  for (const relation of await relationsOf(session, watched)) {
    if (!relation.armed) await createTriggers(session, watched, relation);
  }
  await enterCapture(session, phaseId, {
    source: watched.table.name,
    tableOid: watched.table.oid,
    functionName: functionName(watched),
  });
  return reopenAll(session, phaseId);
}

/** Tables of a phase that do not report their changes, although it was begun with capture. */
export async function silentTables(session: Session, phase: Phase, phaseId: number): Promise<string[]> {
  const silent: string[] = [];
  for (const watched of watchedTables(phase)) {
    if (!(await isReporting(session, watched, phaseId)))
      silent.push(`${watched.table.schema}.${watched.table.name}`);
  }
  return silent;
}

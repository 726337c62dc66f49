import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { reopenAll } from '../ledger/batches.js';
import { enterCapture } from '../ledger/captures.js';
import { lockLedger } from '../ledger/schema.js';
import type { Phase } from '../mapping/phase.js';
import { isArmed } from './armed.js';
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
  for (const watched of await silentOnes(session, phase, phaseId)) {
    reopened += await withRetry(() => session.transaction(() => startTable(session, watched, phaseId)), {
      signal,
      attempts: ATTEMPTS,
    });
    started.push(`${watched.table.schema}.${watched.table.name}`);
  }
  return { started, reopened };
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
  return (await silentOnes(session, phase, phaseId)).map(({ table }) => `${table.schema}.${table.name}`);
}

/** Those that do not report to the phase in every session, or not from each of their partitions. */
async function silentOnes(session: Session, phase: Phase, phaseId: number): Promise<WatchedTable[]> {
  const watched = watchedTables(phase);
  const list = (values: readonly string[]) => `{${values.map((value) => JSON.stringify(value)).join(',')}}`;
  const rows = await session.query(
    `with recursive watched (source, oid, calls) as (select * from unnest($2::text[], $3::text[]::oid[], $4::text[])),
     below (source, calls, oid) as (
       select w.source, w.calls, w.oid from watched w
       union select b.source, b.calls, i.inhrelid from pg_inherits i join below b on b.oid = i.inhparent
     )
     select w.source from watched w where not exists (
         select from drydock.captures c where c.phase_id = $1::int and c.source = w.source and c.table_oid = w.oid)
       or exists (select from below b where b.source = w.source and not ${isArmed('b.oid', 'b.calls')})`,
    [
      phaseId,
      list(watched.map(({ table }) => table.name)),
      list(watched.map(({ table }) => table.oid)),
      list(watched.map(functionName)),
    ],
  );
  const silent = new Set(rows.map(({ source }) => source));
  return watched.filter(({ table }) => silent.has(table.name));
}

import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { reopenAll } from '../ledger/batches.js';
import { enqueueKeys, takeChanges, takeCompanions } from '../ledger/changes.js';
import type { Phase } from '../mapping/phase.js';
import { createScratch, emptyScratch, SCRATCH_KEYS } from '../mapping/scratch.js';
import { bookChanges, countKeys, keysOf } from './book.js';
import { findChangedKeys, listRows, takeUpCompanions, touchedTables } from './changed-keys.js';
import type { SyncJob } from './job.js';
import { mergeListed } from './merged-rows.js';
import { replaceKeys } from './replace-keys.js';

/** What became of a number of changes. */
export interface Applied {
  /** Entries taken off the queue. */
  readonly changes: number;
  /** Merge keys that were computed again, and have rows in the unified table, or had. */
  readonly keys: number;
  /** Rows of our tables inserted, updated and deleted. */
  readonly written: number;
  /** Age of the oldest of the changes when they were taken, in seconds. */
  readonly lagSeconds: number;
  /** A legacy table was emptied by TRUNCATE: all batches are to be loaded again, and hold the other changes then. */
  readonly reopened: boolean;
}

/**
 * Settings of the transactions that apply changes. They never wait for an application long enough for the server to
 * look for deadlocks and choose a victim.
 */
const SYNC_SETTINGS = `set local lock_timeout = '400ms'; set local work_mem = '64MB'; set local enable_mergejoin = off`;

/**
 * Room for the temporary tables of a whole portion, which would else go out to files and come back several times. To be
 * set in a session that has not used any yet.
 */
export async function makeRoom(session: Session): Promise<void> {
  await session.execute(`set temp_buffers = '64MB'`).catch((error: unknown) => {
    // A pooler in session mode passes on a server's session that has used some: it keeps the room that it has.
    if (sqlState(error) !== INVALID_VALUE) throw error;
  });
}

const INVALID_VALUE = '22023';

/** Makes what a session needs to apply changes of a phase; once, outside of a read-only transaction. */
export async function prepareSession(
  session: Session,
  { resolution }: Pick<Phase, 'resolution'>,
): Promise<void> {
  await session.execute(createScratch(resolution?.scratch ?? []));
}

/**
 * Keeps writers of our own tables out for the rest of the transaction; before its first query, so that the snapshot
 * shows all that they did. Applications that write the unified table in every moment would otherwise never let a
 * portion pass that concerns the same rows.
 */
export async function holdTargets(session: Session, { targets }: SyncJob): Promise<void> {
  await session.execute(
    `${SYNC_SETTINGS}; lock table ${targets.unified.qualified}, ${targets.folded.qualified} in share row exclusive mode`,
  );
}

/**
 * Applies changes of a phase, in a transaction of the caller's, whose snapshot all of it goes by: the changes that it
 * sees leave the queue, the keys that they concern are computed again from what the legacy tables hold in it, and
 * exactly these are replaced. What is committed later is in the queue still.
 *
 * @param most changes to take, and those that wait for the same rows and keys besides; null: all that are seen
 */
export async function applyChanges(session: Session, job: SyncJob, most: number | null): Promise<Applied> {
  await session.execute(`${SYNC_SETTINGS}; ${emptyScratch(job.phase.resolution?.scratch ?? [])}`);
  const { changes, lagSeconds } = await takeChanges(session, job.phaseId, most);
  const moreMayWait = most !== null && changes >= most;
  const nothing = { changes, keys: 0, written: 0, lagSeconds, reopened: false };
  if (changes === 0) return nothing;
  const touched = await touchedTables(session);
  if (touched.truncated.length > 0) {
    await reopenAll(session, job.phaseId);
    // It took rows of ours along, and theirs: by its foreign keys, if it was told to cascade.
    if (touched.truncated.includes(job.phase.resolution?.table.name ?? '')) {
      for (const { phaseId } of job.dependents) await reopenAll(session, phaseId);
    }
    return { ...nothing, reopened: true };
  }
  await findChangedKeys(session, job, touched.changed);
  // Where all changes were taken, none is left to move a row; but one that points to a changed row may be another thing now.
  const { pointers = [], crosswalks = [] } = job.phase;
  await listRows(session, job, moreMayWait || pointers.length + crosswalks.length > 0);
  const companions = moreMayWait ? await takeCompanions(session, job.phaseId) : 0;
  if (companions > 0) await takeUpCompanions(session, job);
  const rows = await mergeListed(session, job.phase, SCRATCH_KEYS);
  try {
    const before = await countKeys(session, job);
    // Before the first write: rows that a snapshot does not show of ours would be met as duplicates, and blamed.
    await session.passFence();
    const { written, moved } = await replaceKeys(session, job, rows);
    const after = await countKeys(session, job);
    await bookChanges(session, job, before, after);
    for (const { phaseId } of moved === null ? [] : job.dependents) {
      await enqueueKeys(session, phaseId, 'cascade', `select distinct m.id from ${moved} m`);
    }
    return { ...nothing, changes: changes + companions, keys: keysOf(before, after), written };
  } finally {
    rows.close();
  }
}

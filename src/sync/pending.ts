import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { copyChanges } from '../ledger/changes.js';
import { SCRATCH } from '../mapping/scratch.js';
import { findChangedKeys, touchedTables } from './changed-keys.js';
import type { SyncJob } from './job.js';

/** So many keys can be told apart from the others while two sides are compared. */
const MOST_KEYS = 250_000;

/**
 * The merge keys that the changes in the queue concern, as the session's snapshot shows both: those whose rows may
 * rightly differ between the legacy tables and ours. Nothing leaves the queue. Wants a session that was prepared
 * before its transaction began; the transaction may be read-only.
 *
 * @returns sorted; null where a TRUNCATE waits, which concerns all keys
 */
export async function pendingKeys(
  session: Session,
  job: Omit<SyncJob, 'budget'>,
): Promise<readonly string[] | null> {
  const changes = await copyChanges(session, job.phaseId);
  if (changes === 0) return [];
  const touched = await touchedTables(session);
  if (touched.truncated.length > 0) return null;
  await findChangedKeys(session, { ...job, budget: { left: 0 } }, touched.changed);
  const rows = await session.query(
    `select k.merge_key from ${SCRATCH.keys} k order by 1 limit ${MOST_KEYS + 1}`,
  );
  if (rows.length > MOST_KEYS) {
    throw new DrydockError({
      code: 'backlog-too-large',
      what: `Phase ${job.phase.name}: more than ${MOST_KEYS} keys have changes that are not applied yet (${changes} changes); the rest alone says little.`,
      state: 'Nothing was compared; what was loaded and what is in the queue stay as they are.',
      next: `Apply them first: drydock sync --phase ${job.phase.name}`,
    });
  }
  return rows.map((row) => String(row.merge_key));
}

import { rejectsOf } from '../batches/rejects.js';
import type { Session } from '../db/session.js';
import { isRowError, type PostgresError } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { KeyRange, successor } from '../keys/key-range.js';
import { replaceRejects } from '../ledger/rejects.js';
import type { BatchRows } from '../load/batch-rows.js';
import { refusalOf, refusedKey } from '../load/refused-key.js';
import { type Replacement, replaceRange } from '../load/replace-range.js';
import { foldedNames } from '../mapping/locate.js';
import { SCRATCH_KEYS } from '../mapping/scratch.js';
import { batchOf, type SyncJob } from './job.js';
import { mergeListed } from './merged-rows.js';

/** Makes the rows of the changed keys be what they merge into; rows that the server refuses are put aside. */
export async function replaceKeys(session: Session, job: SyncJob, rows: BatchRows): Promise<Replacement> {
  for (;;) {
    try {
      const links = job.dependents.flatMap((dependent) => dependent.links);
      const replacement = await replaceRange(session, job.targets, SCRATCH_KEYS, rows, {
        links,
        names: foldedNames(job.phase.bound),
        first: ['savepoint drydock_replace'],
      });
      const where = {
        phaseId: job.phaseId,
        scope: SCRATCH_KEYS,
        batchOf: (key: string) => batchOf(job, key),
      };
      await replaceRejects(session, where, rows.rejects);
      return replacement;
    } catch (error) {
      if (!isRowError(error)) throw error;
      await session.execute('rollback to savepoint drydock_replace');
      const key = await refusedKey(session, error, rows, job.targets);
      if (key === undefined) throw error;
      await putAside(session, job, rows, key, error as PostgresError);
    }
  }
}

async function putAside(
  session: Session,
  job: SyncJob,
  rows: BatchRows,
  key: string,
  error: PostgresError,
): Promise<void> {
  const { phase, phaseId, budget } = job;
  const reason = refusalOf(error);
  const only = new KeyRange(key, successor(key));
  const booked = await mergeListed(session, phase, only);
  booked.close();
  const rejects = await rejectsOf(session, phase, key, reason);
  const { n } = await session.one(
    'select count(*) as n from drydock.rejects where phase_id = $1::int and merge_key = $2::uuid',
    [phaseId, key],
  );
  // What was put aside before may be put aside again.
  budget.left -= Math.max(0, rejects.length - Number(n));
  if (budget.left < 0) {
    throw new DrydockError({
      code: 'too-many-rejects',
      what: `Phase ${phase.name}: the server refused the rows of key ${key} (${reason}), and no more rows may be put aside.`,
      state:
        'The changes of this key and of those beside it are still in the queue; what was applied before is complete.',
      next: `Mend the row, or let rows be put aside with --max-rejects ${-budget.left} or more. --verbose shows the server's message.`,
      detail: [error.message, error.where].join('\n'),
      cause: error,
    });
  }
  rows.reject(key, rejects, booked);
}

import pLimit from 'p-limit';
import type { Context } from '../context/context.js';
import { throwIfStopped } from '../context/stoppable.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { withCleanup } from '../db/cleanup.js';
import { qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { own } from '../ledger/objects.js';
import { restorations } from '../ledger/restorations.js';
import { lockLedger } from '../ledger/schema.js';
import {
  addForeignKey,
  attachConstraint,
  buildIndex,
  indexBuilds,
  raiseMaintenanceMemory,
  validateForeignKey,
} from '../load/indexes.js';
import { type Restoration, restoreQuery } from '../mapping/legacy-view.js';
import type { Phase } from '../mapping/phase.js';
import { type Targets, viewName } from '../mapping/targets.js';

const INDEX_LANES = 2;
const INDEX_MEMORY_MB = 256;

/** Indexes and keys; after the load, because that is cheaper than keeping them up while it goes on. */
export async function buildIndexes(context: Context, phase: Phase, targets: Targets): Promise<void> {
  const builds = indexBuilds(targets, phase.indexes);
  await withCleanup(async (cleanup) => {
    const sessions = await Promise.all(
      Array.from({ length: INDEX_LANES }, async () => {
        const session = await context.connector.open(cleanup);
        await raiseMaintenanceMemory(session, INDEX_MEMORY_MB);
        return session;
      }),
    );
    await cancelWhenStopped(context.connector, sessions, context.signal, cleanup);
    const limit = pLimit(INDEX_LANES);
    const outcomes = await Promise.allSettled(
      builds.map((build) =>
        limit(async () => {
          throwIfStopped(context.signal, 'All batches are loaded; some indexes are not built.');
          const session = sessions.pop();
          if (session === undefined) throw new Error('more index builds than sessions');
          try {
            await buildIndex(session, build, context.signal);
          } catch (error) {
            throw sqlState(error) === '23505' ? legacyChanged(phase, error) : error;
          } finally {
            sessions.push(session);
          }
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  });
  for (const build of builds) await attachConstraint(context.session, build);
  for (const key of phase.foreignKeys) await addForeignKey(context.session, targets.unified, key);
}

/** An id was loaded twice: its row changed its key after one batch was read and before another one was. */
function legacyChanged(phase: Phase, cause: unknown): DrydockError {
  return new DrydockError({
    code: 'legacy-changed',
    what: `Rows of the legacy tables moved from one batch of phase ${phase.name} to another while it was being loaded, and were loaded twice.`,
    state: 'The legacy tables are as they were; the views were not made.',
    next: `Begin anew, in one go or while nobody writes: drydock rollback --phase ${phase.name}, then run.`,
    cause,
  });
}

/**
 * Checks the foreign keys, when the rows are what the legacy tables hold. A crosswalk row that was deleted after its batch
 * was read and before the key was there is in the queue only: its id goes from our rows when that is applied.
 */
export async function validateForeignKeys(context: Context, phase: Phase, targets: Targets): Promise<void> {
  for (const key of phase.foreignKeys) await validateForeignKey(context.session, targets.unified, key);
}

/** Makes the legacy views, or makes them anew; readers of a view wait for this one short transaction at most. */
export async function createViews(
  context: Context,
  phase: Phase,
  targets: Targets,
  phaseId: number,
): Promise<void> {
  const { session } = context;
  const sources = await restorations(session, phase, targets, phaseId);
  await withRetry(() =>
    session.transaction(async () => {
      // Who begins after a kill waits for this lock: two transactions that make one view fail in the catalog.
      await lockLedger(session);
      for (const restoration of sources) await createView(session, phase, phaseId, restoration);
    }),
  );
}

/** Makes one of them, in a transaction of the caller's. */
export async function createView(
  session: Session,
  { schema }: Pick<Phase, 'schema'>,
  phaseId: number,
  restoration: Restoration,
): Promise<void> {
  const name = viewName(restoration.source.rule.table);
  await session.execute(`create or replace view ${qualified(schema, name)} as\n${restoreQuery(restoration)}`);
  await own(session, phaseId, 'view', schema, name);
}

import { createViews } from '../batches/finish.js';
import { loadPhase, workOf } from '../batches/load-phase.js';
import type { Context } from '../context/context.js';
import { namingValues } from '../context/named-values.js';
import { throwIfStopped } from '../context/stoppable.js';
import type { Pace } from '../control/pace.js';
import type { Session } from '../db/session.js';
import { readBatches } from '../ledger/batches.js';
import { setState } from '../ledger/phases.js';
import { countRejects } from '../ledger/rejects.js';
import type { Drained } from './drain.js';
import type { Drainer } from './drainer.js';
import type { SyncJob } from './job.js';
import { mendMoved } from './mend-moved.js';

/** How batches are loaded again, where that is needed. */
export interface Reloading {
  readonly concurrency: number;
  readonly batchSize: number;
  readonly pace: Pace;
}

/** What a phase is caught up with. */
export interface CatchUpParts {
  readonly drainer: Drainer;
  readonly reloading: () => Promise<Reloading>;
}

const APPLIED = 'What was applied is complete; the rest is in the queue.';

/** What it took. */
export interface CaughtUp extends Omit<Drained, 'reopened'> {
  /** Batches that were loaded again. */
  readonly reloaded: number;
}

export const NOTHING_DONE: CaughtUp = {
  changes: 0,
  keys: 0,
  written: 0,
  lagSeconds: 0,
  seconds: 0,
  reloaded: 0,
};

export function sumOf(a: CaughtUp, b: CaughtUp): CaughtUp {
  return {
    changes: a.changes + b.changes,
    keys: a.keys + b.keys,
    written: a.written + b.written,
    lagSeconds: Math.max(a.lagSeconds, b.lagSeconds),
    seconds: a.seconds + b.seconds,
    reloaded: a.reloaded + b.reloaded,
  };
}

/**
 * Applies what was written to a phase's legacy tables, until a snapshot shows nothing more; and loads batches that a
 * TRUNCATE, or a change of an earlier phase, has reopened. Wants all batches to have been loaded once.
 */
export async function catchUp(
  context: Context,
  job: SyncJob,
  drainer: Drainer,
  reloading: () => Promise<Reloading>,
): Promise<CaughtUp> {
  let total = NOTHING_DONE;
  const { session } = context;
  const before = await waitingFor(session, job.phaseId);
  for (let waiting = before; ; waiting = await waitingFor(session, job.phaseId)) {
    // A predecessor may have loaded the last batch, and nothing more.
    if (waiting.pending > 0 || waiting.state === 'loading') {
      const { loaded, rowsWritten } = await loadReopened(context, job, reloading);
      total = sumOf(total, { ...NOTHING_DONE, reloaded: loaded, written: rowsWritten });
      waiting = await waitingFor(session, job.phaseId);
    }
    const drained = await drainPhase(context, job, drainer, waiting.changes);
    total = sumOf(total, { ...drained, reloaded: 0 });
    throwIfStopped(context.signal, APPLIED);
    if (!drained.reopened) break;
  }
  if (total.changes > 0 || total.reloaded > 0) {
    const after = await countRejects(session, job.phaseId);
    // The view of a table shows its rejects only where it was made to.
    if ([...after.keys()].some((source) => !before.rejected.includes(source)))
      await createViews(context, job.phase, job.targets, job.phaseId);
  }
  return total;
}

/** What there is to do for a phase, and the sources that rows are put aside of. */
async function waitingFor(session: Session, phaseId: number) {
  const row = await session.one(
    `select p.state, (select count(*) from drydock.batches b where b.phase_id = p.id and b.status = 'pending') as pending,
       (select count(*) from drydock.changes c where c.phase_id = p.id) as changes,
       (select coalesce(json_agg(distinct r.source), '[]') from drydock.rejects r where r.phase_id = p.id)::text as rejected
     from drydock.phases p where p.id = $1::int`,
    [phaseId],
  );
  return {
    state: String(row.state),
    pending: Number(row.pending),
    changes: Number(row.changes),
    rejected: JSON.parse(String(row.rejected)) as readonly string[],
  };
}

async function loadReopened(context: Context, job: SyncJob, reloading: () => Promise<Reloading>) {
  const { phase, phaseId, targets, budget } = job;
  const work = workOf(await readBatches(context.session, phaseId), null);
  const rows = work.reduce((sum, { batch }) => sum + batch.rowsIn, 0);
  context.report({ type: 'phase', phase: phase.name, batches: work.length, rows });
  context.report({ type: 'step', phase: phase.name, step: 'load' });
  const summary = await loadPhase(context, phase, targets, work, {
    ...(await reloading()),
    rows,
    maxRejects: budget.left,
    trusted: false,
  });
  await mendMoved(context, phase, phaseId);
  await setState(context.session, phaseId, 'loaded');
  return summary;
}

async function drainPhase(
  context: Context,
  job: SyncJob,
  drainer: Drainer,
  waiting: number,
): Promise<Drained> {
  if (waiting === 0) return { changes: 0, keys: 0, written: 0, lagSeconds: 0, reopened: false, seconds: 0 };
  context.report({ type: 'step', phase: job.phase.name, step: 'sync' });
  const from = performance.now();
  let changes = 0;
  return namingValues(context, job.phase, APPLIED, () =>
    drainer.drain(job, (applied) => {
      changes += applied.changes;
      context.report({
        type: 'sync',
        phase: job.phase.name,
        changes,
        backlog: Math.max(0, waiting - changes),
        lagSeconds: applied.lagSeconds,
        changesPerSecond: Math.round((changes / Math.max(1, performance.now() - from)) * 1000),
      });
    }),
  );
}

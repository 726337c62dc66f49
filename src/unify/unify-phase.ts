import { buildIndexes, createViews, validateForeignKeys } from '../batches/finish.js';
import { leftAsDone, loadPhase, workOf } from '../batches/load-phase.js';
import { preparePhase } from '../batches/prepare.js';
import { select } from '../batches/selection.js';
import { Statistics } from '../batches/statistics.js';
import type { Context } from '../context/context.js';
import type { Settings } from '../context/settings.js';
import { secondsSince } from '../context/stoppable.js';
import { bookedRun } from '../control/booked-run.js';
import { Pace } from '../control/pace.js';
import { withCleanup } from '../db/cleanup.js';
import type { Control } from '../derived/derived-phase.js';
import { DrydockError } from '../errors.js';
import { type Batch, listBatches, readBatches } from '../ledger/batches.js';
import { readPhases, setState } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import type { PhaseState } from '../reports/phase-state.js';
import type { PhaseRun, RunOptions } from '../reports/run.js';
import { DEFAULTS } from '../reports/target.js';
import type { PhaseVerification } from '../reports/verify.js';
import { catchUp } from '../sync/catch-up.js';
import { Drainer } from '../sync/drainer.js';
import { mendMoved } from '../sync/mend-moved.js';
import { syncJob } from '../sync/sync-job.js';
import { recordedVerification } from '../verify/recorded.js';
import { brokenViews, type Compared } from '../verify/verify-phase.js';
import { beginCapture, type CaptureState } from './begin-capture.js';
import { mendDoubles } from './mend-doubles.js';
import { recheck } from './recheck.js';
import { storageOf } from './storage.js';

/** What running a phase gave, and what is to be said about it. */
export interface PhaseOutcome extends Pick<CaptureState, 'warnings'> {
  readonly done: PhaseRun;
}

/** States in which nothing is known to differ, and the unified tables have their indexes. */
const TRUSTED: ReadonlySet<PhaseState> = new Set(['loaded', 'verified', 'in-sync']);

/** Unifies one phase: its tables, capture, batches, indexes and views, what was written meanwhile, and the proof. */
export async function unifyPhase(
  context: Context,
  phase: Phase,
  options: RunOptions,
  settings: Settings,
  control: Control,
): Promise<PhaseOutcome> {
  const { session } = context;
  const targets = targetsOf(phase);
  const entry = context.entries.get(phase.name);
  context.report({ type: 'step', phase: phase.name, step: 'tables' });
  const phaseId = await preparePhase(
    context,
    phase,
    targets,
    entry,
    settings.batchSize ?? DEFAULTS.batchSize,
  );
  const capture = await beginCapture(context, phase, phaseId, settings.capture);
  // Where capture begins late, batches are to be loaded again.
  const entries = entry === undefined ? context.entries : await readPhases(session, context.schema);
  const batches = await readBatches(session, phaseId);
  const about = { phaseId, batches, capture };
  const done = await bookedRun(context, phaseId, control.inbox, () =>
    loadAndFinish({ ...context, entries }, phase, about, options, settings, control),
  );
  return { done, warnings: capture.warnings };
}

async function loadAndFinish(
  context: Context,
  phase: Phase,
  about: { readonly phaseId: number; readonly batches: readonly Batch[]; readonly capture: CaptureState },
  options: RunOptions,
  settings: Settings,
  control: Control,
): Promise<PhaseRun> {
  const { phaseId, batches, capture } = about;
  const { session } = context;
  const targets = targetsOf(phase);
  const batchSize = context.entries.get(phase.name)?.batchSize ?? settings.batchSize ?? DEFAULTS.batchSize;
  const selection = await select(context, phase, batches, options);
  const work = workOf(batches, selection);
  const rows = work.reduce((sum, { batch }) => sum + (batch.status === 'done' ? batch.rowsIn : batchSize), 0);
  context.report({ type: 'phase', phase: phase.name, batches: work.length, rows });
  context.report({ type: 'step', phase: phase.name, step: 'load' });
  const finished = context.entries.has(phase.name) && context.entries.get(phase.name)?.state !== 'loading';
  // What was verified is not any more as soon as a batch is replaced.
  if (finished && work.length > 0) await setState(session, phaseId, 'loaded');
  const pace = new Pace({ ...control, context, phase: phase.name });
  const statistics = new Statistics({ context, phase, targets, batchSize });
  const toLoad = batches.filter((batch) => batch.status === 'pending').length;
  const loaded = await loadPhase(context, phase, targets, work, {
    ...settings,
    rows,
    batchSize,
    pace,
    trusted: capture.on && TRUSTED.has(context.entries.get(phase.name)?.state ?? 'new'),
    onLoaded: (done) => finished || statistics.left(toLoad - done, batches.length),
  });

  const pending = (await readBatches(session, phaseId)).some((batch) => batch.status === 'pending');
  const indexesFrom = performance.now();
  if (!pending && (!finished || loaded.loaded > 0 || (await brokenViews(session, phaseId)).size > 0)) {
    context.report({ type: 'step', phase: phase.name, step: 'indexes' });
    await statistics.settle();
    await buildIndexes(context, phase, targets).catch(async (error: unknown) => {
      if (!capture.on || !(error instanceof DrydockError) || error.code !== 'legacy-changed') throw error;
      await mendDoubles(context, phase, targets, phaseId, batches);
      await buildIndexes(context, phase, targets);
    });
    if (!finished) await statistics.finish();
    context.report({ type: 'step', phase: phase.name, step: 'views' });
    await createViews(context, phase, targets, phaseId);
    if (capture.on) await mendMoved(context, phase, phaseId);
    await setState(session, phaseId, 'loaded');
  }
  const indexSeconds = secondsSince(indexesFrom);
  const { caughtUp, verification } = await withCleanup(async (cleanup) => {
    if (pending) return { caughtUp: null, verification: null };
    const limits = { selected: null, limit: DEFAULTS.limit, strict: false };
    if (!capture.on) {
      await validateForeignKeys(context, phase, targets);
      return { caughtUp: null, verification: await recordedVerification(context, phase, phaseId, limits) };
    }
    const job = syncJob(context, phase, phaseId, batches, { left: settings.maxRejects });
    const reloading = async () => ({ ...settings, batchSize, pace });
    const parts = { drainer: new Drainer(context, cleanup), reloading, limit: DEFAULTS.limit };
    const applied = await catchUp(context, job, parts.drainer, reloading);
    await validateForeignKeys(context, phase, targets);
    const settle = (compared: Compared) => recheck(context, job, compared, batches, parts);
    return {
      caughtUp: applied,
      verification: await recordedVerification(context, phase, phaseId, limits, settle),
    };
  });
  const total = (pick: (counts: { primary: number; folded: number; rejected: number }) => number) =>
    (verification?.accounting ?? []).reduce((sum, counts) => sum + pick(counts), 0);
  const booked = await listBatches(session, phaseId);
  return {
    phase: phase.name,
    state: pending ? 'loading' : verification?.equal === true ? stateOf(verification) : 'different',
    accounting: verification?.accounting ?? [],
    unifiedTable: targets.unified.name,
    unifiedRows: booked.reduce((sum, { rowsOut }) => sum + rowsOut, 0),
    foldedRows: total((counts) => counts.folded),
    rejectedRows: total((counts) => counts.rejected),
    batches: {
      total: batches.length,
      loaded: loaded.loaded,
      alreadyDone: leftAsDone(batches, work),
      size: batchSize,
    },
    caughtUp,
    rowsRead: loaded.rowsRead,
    rowsWritten: loaded.rowsWritten + (caughtUp?.written ?? 0),
    seconds: {
      load: loaded.seconds,
      held: loaded.heldSeconds,
      indexes: indexSeconds,
      verify: verification?.seconds ?? 0,
    },
    rowsPerSecond: loaded.rowsRead === 0 ? 0 : Math.round(loaded.rowsRead / (loaded.seconds + indexSeconds)),
    storage: await storageOf(session, phase, targets),
    verification,
  };
}

/** Equal, but not to the last key where one never came to rest. */
function stateOf({ pendingKeys }: PhaseVerification): PhaseRun['state'] {
  return pendingKeys === 0 ? 'verified' : 'loaded';
}

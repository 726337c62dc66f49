import { guardTables, requireTables } from '../batches/prepare.js';
import { silentTables } from '../capture/start.js';
import { requireSameConfiguration } from '../context/configuration.js';
import type { Context } from '../context/context.js';
import { DrydockError, type ErrorCode } from '../errors.js';
import { readBatches } from '../ledger/batches.js';
import { readCaptures } from '../ledger/captures.js';
import { type PhaseEntry, settleState } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import type { PhaseSync } from '../reports/sync.js';
import type { CaughtUp } from './catch-up.js';
import type { SyncJob } from './job.js';
import { syncJob } from './sync-job.js';

/** Checks that a phase can be kept up to date, and gives what it takes. */
export async function openSyncJob(
  context: Context,
  phase: Phase,
  entry: PhaseEntry,
  budget: SyncJob['budget'],
): Promise<SyncJob> {
  requireSameConfiguration(phase, entry);
  const job = syncJob(context, phase, entry.id, await readBatches(context.session, entry.id), budget);
  const made = await requireTables(context, phase, job.targets, entry);
  if (!made.some(({ kind }) => kind === 'view')) throw notComplete(phase);
  await requireCapture(context, phase, entry);
  await guardTables(context, phase, entry);
  return job;
}

/** All batches, indexes and views have been there once. */
function notComplete(phase: Phase): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: `Phase ${phase.name} is not complete yet; changes are applied when all its batches are loaded.`,
    state: 'Nothing was changed; what was captured is in the queue.',
    next: `Run: drydock run --phase ${phase.name}`,
  });
}

async function requireCapture({ session }: Context, phase: Phase, entry: PhaseEntry): Promise<void> {
  const refused = (code: ErrorCode, what: string) =>
    new DrydockError({
      code,
      what,
      state: 'Nothing was changed.',
      next: `Run: drydock run --phase ${phase.name} (it starts capture, and loads again what it has to)`,
    });
  const silent = await silentTables(session, phase, entry.id);
  if (silent.length === 0) return;
  if ((await readCaptures(session, entry.id)).length === 0)
    throw refused('not-captured', `Changes of the legacy tables of phase ${phase.name} are not captured.`);
  throw refused(
    'capture-broken',
    `Triggers that report changes for phase ${phase.name} are missing or switched off on ${silent.join(', ')}: nobody knows what was written since.`,
  );
}

/** The report of a phase, from what was done and what is left. */
export async function phaseSync(context: Context, job: SyncJob, done: CaughtUp): Promise<PhaseSync> {
  const { state, backlog } = await settleState(context.session, job.phaseId);
  return {
    phase: job.phase.name,
    state,
    changes: done.changes,
    keys: done.keys,
    rowsWritten: done.written,
    reloadedBatches: done.reloaded,
    backlog,
    lagSeconds: done.lagSeconds,
    seconds: done.seconds,
    keysPerSecond: done.seconds === 0 ? 0 : Math.round(done.keys / done.seconds),
  };
}

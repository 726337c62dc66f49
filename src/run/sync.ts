import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { enterEvent } from '../ledger/events.js';
import { readPhases } from '../ledger/phases.js';
import { phaseDefinitions } from '../phases/all.js';
import type { PhaseSync, SyncOptions, SyncReport } from '../reports/sync.js';
import { DEFAULTS } from '../reports/target.js';
import { catchUp } from './catch-up.js';
import { type Context, openContext, operator, secondsSince, stoppable } from './context.js';
import { Drainer } from './drainer.js';
import { lockOperator } from './lock.js';
import { Inbox } from './pace/inbox.js';
import { Pace } from './pace/pace.js';
import { peakMemory } from './peak-memory.js';
import { throwIfStops } from './stops.js';
import { openSyncJob, phaseSync } from './sync-phase.js';
import { notLoaded } from './verify.js';

const STATE =
  'What was applied is complete; the rest is in the queue, and the legacy tables are as they were.';

/**
 * Applies what was written to the legacy tables since they were loaded, through the same transformers as a run, until a
 * snapshot shows nothing more; with `follow` for as long as it is let.
 *
 * @throws DrydockError, StoppedError
 */
export async function sync(options: SyncOptions): Promise<SyncReport> {
  const start = performance.now();
  return stoppable(options.signal, STATE, () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      const { phases, outcome, warnings } = await syncOnce(context, options, cleanup);
      return {
        database: context.database,
        schema: context.schema,
        outcome,
        phases,
        warnings,
        seconds: secondsSince(start),
        peakRssBytes: peakMemory(),
      };
    }),
  );
}

type Done = Pick<SyncReport, 'phases' | 'outcome' | 'warnings'>;

async function syncOnce(opened: Context, options: SyncOptions, cleanup: Cleanup): Promise<Done> {
  throwIfStops(opened.legacy.stops);
  const lock = await lockOperator(opened, 'sync', cleanup);
  // Read anew: what was there before the lock may have changed.
  const entries = await readPhases(opened.session, opened.schema);
  const context = { ...opened, entries };
  const inbox = new Inbox(context, lock, null);
  const drainer = new Drainer(context, cleanup);
  const budget = { left: options.maxRejects ?? DEFAULTS.maxRejects };
  const phases: PhaseSync[] = [];
  for (const definition of phaseDefinitions(context.phaseNames)) {
    const entry = entries.get(definition.name);
    if (entry === undefined) {
      if (options.phases === undefined) continue;
      throw notLoaded(`Phase ${definition.name} was not run`, `drydock run --phase ${definition.name}`);
    }
    await inbox.open();
    const phase = definition.bind(context.legacy, new Set(entries.keys()));
    const job = await openSyncJob(context, phase, entry, budget);
    const pace = new Pace({ context, phase: phase.name, inbox, watch: undefined });
    const reloading = { concurrency: DEFAULTS.concurrency, batchSize: entry.batchSize, pace };
    const done = await phaseSync(context, job, await catchUp(context, job, drainer, reloading));
    if (done.changes > 0 || done.reloadedBatches > 0) {
      const event = { phase: phase.name, kind: 'synced', detail: `${done.changes} changes` } as const;
      await enterEvent(context.session, { ...event, schema: context.schema, operator: operator() });
    }
    phases.push(done);
  }
  if (phases.length === 0) throw notLoaded('Nothing was unified', 'drydock run');
  return { phases, outcome: 'caught-up', warnings: [] };
}

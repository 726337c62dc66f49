import { lookNow } from '../context/context.js';
import { type OpenLedger, openLedger } from '../context/open-ledger.js';
import { operator } from '../context/operator.js';
import { standbyRefused, WRITES } from '../context/standby.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { peakMemory } from '../db/peak-memory.js';
import { enterEvent } from '../ledger/events.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseSync, SyncOptions, SyncReport } from '../reports/sync.js';
import { catchUp } from '../sync/catch-up.js';
import { Drainer } from '../sync/drainer.js';
import { follow } from '../sync/follow.js';
import { phaseSync } from '../sync/sync-phase.js';
import { openSyncWork } from '../sync/sync-work.js';

const STATE =
  'What was applied is complete; the rest is in the queue, and the legacy tables are as they were.';

/**
 * Applies what was written to the legacy tables since they were loaded, through the same transformers as a run, until a
 * snapshot shows nothing more; with `follow` for as long as it is let.
 *
 * @throws DrydockError, StoppedError
 */
export async function sync(options: SyncOptions): Promise<SyncReport> {
  requireOptions('sync', options);
  const start = performance.now();
  return stoppable(options, STATE, () =>
    withCleanup(async (cleanup) => {
      const context = await openLedger(options, cleanup);
      if (context.isStandby) throw standbyRefused(WRITES.sync, 'Nothing was written.');
      const followed = options.follow === true;
      const phases = followed
        ? await follow(options, options.signal ?? NEVER)
        : await once(context, options, cleanup);
      return {
        database: context.database,
        schema: context.schema,
        outcome: followed ? 'stopped' : 'caught-up',
        phases,
        seconds: secondsSince(start),
        peakRssBytes: peakMemory(),
      };
    }),
  );
}

async function once(opened: OpenLedger, options: SyncOptions, cleanup: Cleanup): Promise<PhaseSync[]> {
  const lock = await lockOperator(opened, 'sync', cleanup);
  const context = await lookNow(opened, options);
  const drainer = new Drainer(context, cleanup);
  const phases: PhaseSync[] = [];
  for (const work of await openSyncWork(context, lock, options)) {
    const done = await catchUp(work.context, work.job, drainer, work.reloading);
    phases.push(await phaseSync(work.context, work.job, done));
  }
  for (const { phase, changes, reloadedBatches } of phases) {
    if (changes === 0 && reloadedBatches === 0) continue;
    const event = { phase, kind: 'synced', detail: `${changes} changes` } as const;
    await enterEvent(context.session, { ...event, schema: context.schema, operator: operator() });
  }
  return phases;
}

const NEVER = new AbortController().signal;

import { ATTEMPTS, LOCK_PATIENCE } from '../../capture/patience.js';
import { qualified } from '../../db/identifier.js';
import { withRetry } from '../../db/retry.js';
import type { Session } from '../../db/session.js';
import { type Batch, readBatches } from '../../ledger/batches.js';
import { own } from '../../ledger/objects.js';
import { enterPhase, type PhaseEntry } from '../../ledger/phases.js';
import { lockLedger } from '../../ledger/schema.js';
import type { Enhancements } from '../../redditharbor/enhancements/bind.js';
import {
  CHANGES,
  createTables,
  createView,
  METRIC_TRIGGERS,
  METRICS_PURPOSE,
  METRICS_VIEW,
  type Metrics,
  TOTALS,
  triggerBody,
} from '../../redditharbor/enhancements/metrics.js';
import {
  createMaterializedView,
  createRefreshFunction,
} from '../../redditharbor/enhancements/refresh-function.js';
import { createSignals, signalTrigger } from '../../redditharbor/enhancements/signals.js';
import { createTrigger, createTriggerFunction } from '../../redditharbor/enhancements/triggers.js';
import { BASES } from '../../redditharbor/enhancements/views.js';
import type { Context } from '../context.js';
import { configurationOf } from './configuration.js';

/** From this version on a view can have its reader answer for what it reads. */
const INVOKER_VERSION = 150_000;

/**
 * Makes the phase's entry, its batches, and everything but the indexes, empty: in one transaction, which waits until
 * those have ended who are writing to our tables. From its commit on no change of an opportunity goes uncounted.
 */
export async function prepare(
  context: Context,
  enhancements: Enhancements,
  on: PhaseEntry,
): Promise<{ readonly phaseId: number; readonly batches: readonly Batch[] }> {
  const { session, schema } = context;
  const entry = context.entries.get('enhancements');
  const phaseId =
    entry?.id ??
    (await withRetry(
      () =>
        session.transaction(async () => {
          await lockLedger(session);
          // Submissions are what the batches of opportunities were cut by.
          const ranges = (await readBatches(session, on.id)).map(({ range }) => range);
          const id = await enterPhase(session, {
            schema,
            phase: 'enhancements',
            config: JSON.stringify(configurationOf(enhancements)),
            batchSize: on.batchSize,
            ranges: enhancements.metrics === null ? [] : ranges,
          });
          if (enhancements.metrics !== null) await createMetrics(session, id, enhancements.metrics);
          await createSignals(session, id, schema, BASES);
          await createRefreshFunction(session, id, schema);
          for (const view of enhancements.views) await createMaterializedView(session, id, schema, view);
          await createTriggers(session, id, enhancements);
          return id;
        }),
      { signal: context.signal, attempts: ATTEMPTS },
    ));
  return { phaseId, batches: await readBatches(session, phaseId) };
}

async function createMetrics(session: Session, phaseId: number, metrics: Metrics): Promise<void> {
  const { schema } = metrics;
  for (const statement of createTables(metrics)) await session.execute(statement);
  await own(session, phaseId, 'table', schema, TOTALS);
  await own(session, phaseId, 'table', schema, CHANGES);
  const { version } = await session.one(`select current_setting('server_version_num') as version`);
  await session.execute(createView(metrics, Number(version) >= INVOKER_VERSION));
  await own(session, phaseId, 'view', schema, METRICS_VIEW);
  await createTriggerFunction(session, phaseId, schema, {
    purpose: METRICS_PURPOSE,
    body: triggerBody(metrics),
  });
}

/**
 * The last thing that is done, because from here on writers wait until the commit. All tables at once: a writer of
 * several, who has some of them already, would wait for us while we wait for him.
 */
async function createTriggers(
  session: Session,
  phaseId: number,
  { schema, metrics }: Enhancements,
): Promise<void> {
  const tables = BASES.map((table) => qualified(schema, table));
  await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
  await session.execute(`lock table ${tables.join(', ')} in share row exclusive mode`);
  const triggers = [
    ...(metrics === null ? [] : METRIC_TRIGGERS),
    ...BASES.map((table) => signalTrigger(schema, table)),
  ];
  for (const trigger of triggers) await createTrigger(session, phaseId, schema, trigger);
}

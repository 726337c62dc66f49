import { ATTEMPTS, LOCK_PATIENCE } from '../capture/patience.js';
import type { Context } from '../context/context.js';
import { qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import { own } from '../ledger/objects.js';
import { enterPhase, type PhaseEntry } from '../ledger/phases.js';
import { lockLedger } from '../ledger/schema.js';
import type { Counts, Derived } from '../project/derived.js';
import { configurationOf } from './configuration.js';
import { createMaterializedView, createRefreshFunction } from './refresh-function.js';
import { createSignals, signalTrigger } from './signals.js';
import { createTrigger, createTriggerFunction } from './triggers.js';

/** From this version on a view can have its reader answer for what it reads. */
const INVOKER_VERSION = 150_000;

/**
 * Makes the phase's entry, its batches, and everything but the indexes, empty: in one transaction, which waits until
 * those have ended who are writing to our tables. From its commit on no change of a unified row goes uncounted.
 */
export async function prepare(
  context: Context,
  name: string,
  enhancements: Derived,
  on: PhaseEntry,
): Promise<{ readonly phaseId: number; readonly batches: readonly Batch[] }> {
  const { session, schema } = context;
  const entry = context.entries.get(name);
  const phaseId =
    entry?.id ??
    (await withRetry(
      () =>
        session.transaction(async () => {
          await lockLedger(session);
          // The counts' keys are those that the batches were cut by.
          const ranges = (await readBatches(session, on.id)).map(({ range }) => range);
          const id = await enterPhase(session, {
            schema,
            phase: name,
            config: JSON.stringify(configurationOf(enhancements)),
            batchSize: on.batchSize,
            ranges: enhancements.counts === null ? [] : ranges,
          });
          if (enhancements.counts !== null) await createCounts(session, id, schema, enhancements.counts);
          await createSignals(session, id, schema, enhancements.bases);
          await createRefreshFunction(session, id, schema);
          for (const view of enhancements.views) await createMaterializedView(session, id, schema, view);
          await createTriggers(session, id, enhancements);
          return id;
        }),
      { signal: context.signal, attempts: ATTEMPTS },
    ));
  return { phaseId, batches: await readBatches(session, phaseId) };
}

async function createCounts(
  session: Session,
  phaseId: number,
  schema: string,
  counts: Counts,
): Promise<void> {
  for (const statement of counts.create) await session.execute(statement);
  for (const table of counts.tables) await own(session, phaseId, 'table', schema, table);
  const { version } = await session.one(`select current_setting('server_version_num') as version`);
  await session.execute(counts.createView(Number(version) >= INVOKER_VERSION));
  await own(session, phaseId, 'view', schema, counts.view);
  await createTriggerFunction(session, phaseId, schema, counts.trigger);
}

/**
 * The last thing that is done, because from here on writers wait until the commit. All tables at once: a writer of
 * several, who has some of them already, would wait for us while we wait for him.
 */
async function createTriggers(
  session: Session,
  phaseId: number,
  { schema, counts, bases }: Derived,
): Promise<void> {
  const tables = bases.map((table) => qualified(schema, table));
  await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
  await session.execute(`lock table ${tables.join(', ')} in share row exclusive mode`);
  const triggers = [
    ...(counts === null ? [] : counts.triggers),
    ...bases.map((table) => signalTrigger(schema, table)),
  ];
  for (const trigger of triggers) await createTrigger(session, phaseId, schema, trigger);
}

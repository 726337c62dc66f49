import { configurationOf, requireSameConfiguration } from '../context/configuration.js';
import type { Context } from '../context/context.js';
import { openReader } from '../context/reader.js';
import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import { withRetry } from '../db/retry.js';
import { DrydockError } from '../errors.js';
import { createGuard, ensureGuard, ownerOf } from '../guard/guard.js';
import { createLedger } from '../ledger/create.js';
import { type OwnedObject, own, readObjects } from '../ledger/objects.js';
import { enterPhase, type PhaseEntry } from '../ledger/phases.js';
import { ledgerExists, lockLedger } from '../ledger/schema.js';
import type { Phase } from '../mapping/phase.js';
import { createTableStatements, type Targets } from '../mapping/targets.js';
import { estimateRows, planRanges } from './ranges.js';

/**
 * Makes sure that the phase has its tables, its entry in the ledger and its batches. All of it is made in one
 * transaction; what is there already is checked, never changed.
 */
export async function preparePhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  entry: PhaseEntry | undefined,
  batchSize: number,
): Promise<number> {
  const { session } = context;
  if (entry !== undefined) {
    requireSameConfiguration(phase, entry);
    await requireTables(context, phase, targets, entry);
    await guardTables(context, phase, entry);
    return entry.id;
  }
  const ranges = await inFreshSnapshot(context.signal, async (cleanup) => {
    const reader = await openReader(context, cleanup);
    return planRanges(reader, phase, await estimateRows(reader, phase), batchSize);
  });
  return withRetry(() =>
    session.transaction(async () => {
      await lockLedger(session);
      if (!(await ledgerExists(session))) await createLedger(session);
      const config = JSON.stringify(configurationOf(phase));
      const phaseId = await enterPhase(session, {
        schema: phase.schema,
        phase: phase.name,
        config,
        batchSize,
        ranges,
      });
      for (const target of [targets.unified, targets.folded]) {
        await session.execute(createTableStatements(target));
        await own(session, phaseId, 'table', target.schema, target.name);
      }
      await session.execute(createGuard(phase, await ownerOf(session, targets)).join(';\n'));
      return phaseId;
    }),
  );
}

/**
 * Refuses to go on without the tables that the ledger says are there.
 *
 * @returns all that was made for the phase
 */
export async function requireTables(
  { session }: Pick<Context, 'session'>,
  phase: Phase,
  { unified, folded }: Targets,
  entry: PhaseEntry,
): Promise<readonly OwnedObject[]> {
  const objects = await readObjects(session, entry.id);
  for (const { schema, name } of [unified, folded]) {
    const isOurs = (one: OwnedObject) => one.isPresent && one.schema === schema && one.name === name;
    if (objects.some(isOurs)) continue;
    throw new DrydockError({
      code: 'table-vanished',
      what: `Table ${schema}.${name}, which the ledger says Drydock made, is not there any more.`,
      state: 'The legacy tables are as they were; nothing was changed now.',
      next: `Begin the phase anew: drydock rollback --phase ${phase.name}, then run.`,
    });
  }
  return objects;
}

/** Has the tables refuse direct writes again where they should and do not. */
export async function guardTables(
  { session }: Pick<Context, 'session'>,
  phase: Phase,
  { state }: Pick<PhaseEntry, 'state'>,
): Promise<void> {
  if (state !== 'cut-over' && state !== 'completed') await ensureGuard(session, phase);
}

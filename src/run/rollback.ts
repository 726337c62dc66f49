import { withCleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import { type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { dropOwned, isIntact, readObjects } from '../ledger/objects.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import { laterPhases } from '../phases/all.js';
import { PHASES, type PhaseName, type RollbackReport, type TargetOptions } from '../reports.js';
import { type Context, openContext } from './context.js';
import { lockOperator } from './lock.js';

/**
 * Drops what Drydock made for the phases, and only that; the ledger goes with the last one. The legacy tables were
 * never touched. All of a phase goes in one transaction.
 */
export async function rollback(options: TargetOptions): Promise<RollbackReport> {
  return withCleanup(async (cleanup) => {
    const context = await openContext(options, cleanup);
    await lockOperator(context, cleanup);
    const phases: { phase: PhaseName; dropped: string[] }[] = [];
    // Later phases stand on earlier ones.
    for (const phase of [...PHASES].reverse().filter((name) => context.phaseNames.includes(name))) {
      context.report({ type: 'step', phase, step: 'drop' });
      phases.push({ phase, dropped: await rollbackPhase(context, phase) });
    }
    return { database: context.database, schema: context.schema, phases };
  });
}

async function rollbackPhase(context: Context, phase: PhaseName): Promise<string[]> {
  const { session } = context;
  const entry = context.entries.get(phase);
  if (entry === undefined) return [];
  const later = laterPhases(phase).find(
    (name) => context.entries.has(name) && !context.phaseNames.includes(name),
  );
  if (later !== undefined) {
    throw new DrydockError({
      code: 'phase-order',
      what: `Phase ${later} stands on phase ${phase}.`,
      next: `Roll back ${later} first, or --phase all.`,
    });
  }
  const dropped: string[] = [];
  try {
    await withRetry(() =>
      session.transaction(async () => {
        dropped.length = 0;
        for (const object of await readObjects(session, entry.id)) {
          // What is under the name now is not what we made: it is left alone.
          if (!(await isIntact(session, object))) continue;
          await dropOwned(session, object);
          dropped.push(`${object.kind} ${object.schema}.${object.name}`);
        }
        await session.execute('delete from drydock.phases where id = $1::int', [entry.id]);
        const { left } = await session.one('select count(*) as left from drydock.phases');
        if (left === '0') {
          await session.execute(`drop schema ${LEDGER_SCHEMA} cascade`);
          dropped.push(`schema ${LEDGER_SCHEMA}`);
        }
      }),
    );
  } catch (error) {
    if (sqlState(error) !== '2BP01') throw error;
    throw new DrydockError({
      code: 'in-use',
      what: `Something that Drydock did not make depends on what it made for phase ${phase}: ${(error as PostgresError).detail ?? (error as Error).message}`,
      state: 'Nothing was dropped.',
      next: 'Drop or change that object first.',
    });
  }
  return dropped;
}

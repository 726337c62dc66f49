import { ATTEMPTS, LOCK_PATIENCE } from '../capture/patience.js';
import { stopCapture } from '../capture/stop.js';
import { withCleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { dropOwned, isIntact, readObjects } from '../ledger/objects.js';
import { type PhaseEntry, readPhases } from '../ledger/phases.js';
import { endJob } from '../ledger/refreshes.js';
import { dropLedger, LEDGER_SCHEMA, lockLedger } from '../ledger/schema.js';
import { laterPhases } from '../phases/all.js';
import type { RollbackReport } from '../reports/rollback.js';
import { PHASES, type PhaseName, type TargetOptions } from '../reports/target.js';
import { openContext, stoppable } from './context.js';
import { lockOperator } from './lock.js';

/**
 * Drops what Drydock made for the phases, and only that, in one transaction; the ledger goes with the last phase.
 * Of the legacy tables only the triggers are taken that report their changes.
 */
export async function rollback(options: TargetOptions): Promise<RollbackReport> {
  return stoppable(options.signal, 'Nothing was dropped.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      await lockOperator(context, 'rollback', cleanup);
      const { database, schema, session } = context;
      // Read anew: what was there before the lock may have changed. Later phases stand on earlier ones.
      const entries = await readPhases(session, schema);
      const names = [...PHASES].reverse().filter((name) => context.phaseNames.includes(name));
      requireOrder(names, entries);
      const once = () =>
        session.transaction(async () => {
          await lockLedger(session);
          // Triggers go from tables that are at work: who writes them waits behind us no longer than this.
          await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
          const dropped: { phase: PhaseName; dropped: string[] }[] = [];
          for (const phase of names) {
            context.report({ type: 'step', phase, step: 'drop' });
            dropped.push({ phase, dropped: await dropPhase(session, phase, entries.get(phase)) });
          }
          return dropped;
        });
      const phases = await withRetry(once, { signal: context.signal, attempts: ATTEMPTS });
      return { database, schema, phases };
    }),
  );
}

function requireOrder(names: readonly PhaseName[], entries: ReadonlyMap<PhaseName, PhaseEntry>): void {
  for (const phase of names) {
    const later = laterPhases(phase).find((name) => entries.has(name) && !names.includes(name));
    if (later === undefined) continue;
    throw new DrydockError({
      code: 'phase-order',
      what: `Phase ${later} stands on phase ${phase}.`,
      state: 'Nothing was dropped.',
      next: `Roll back ${later} first, or --phase all.`,
    });
  }
}

/** Drops one phase's objects, and the ledger after the last phase; gives what was dropped. */
async function dropPhase(
  session: Session,
  phase: PhaseName,
  entry: PhaseEntry | undefined,
): Promise<string[]> {
  if (entry === undefined) return [];
  const dropped: string[] = [];
  try {
    dropped.push(...(await endJob(session, entry.id)));
    for (const table of await stopCapture(session, entry.id)) dropped.push(`triggers on ${table}`);
    for (const object of await readObjects(session, entry.id)) {
      // What is under the name now is not what we made: it is left alone.
      if (!(await isIntact(session, object))) continue;
      await dropOwned(session, object);
      dropped.push(`${object.kind} ${object.schema}.${object.name}`);
    }
    await session.execute('delete from drydock.phases where id = $1::int', [entry.id]);
    const { left } = await session.one('select count(*) as left from drydock.phases');
    if (left === '0') {
      await dropLedger(session);
      dropped.push(`schema ${LEDGER_SCHEMA}`);
    }
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

import { ATTEMPTS, LOCK_PATIENCE } from '../capture/patience.js';
import { stopCapture } from '../capture/stop.js';
import { requireSameTables } from '../context/configuration.js';
import { bindPhases, type Context, openContext } from '../context/context.js';
import { stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { type PostgresError, sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { dropGuardFunctions } from '../guard/guard.js';
import { dropLedger } from '../ledger/create.js';
import { everCutOver } from '../ledger/cutovers.js';
import { dropOwned, isIntact, readObjects } from '../ledger/objects.js';
import { type PhaseEntry, readPhases } from '../ledger/phases.js';
import { endJob } from '../ledger/refreshes.js';
import { LEDGER_SCHEMA, lockLedger } from '../ledger/schema.js';
import { readOldNames } from '../old-names/picture.js';
import { laterPhases, type Project, phasesOf, tablesMadeBy } from '../project/project.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { Reverted, RollbackOptions, RollbackReport } from '../reports/rollback.js';
import { requireEntry, surveyOf } from './cutover.js';
import { ownedObstacles } from './drop-obstacles.js';
import { patienceOf } from './locks.js';
import { carryOver, requireOurViews } from './our-views.js';
import { dropReverseFunctions } from './reverse/install.js';
import { clearAway, proveRevert, revert } from './revert.js';
import type { Turn } from './turn.js';

/**
 * One step back. A phase that was cut over gets its tables' names back and is in sync again. Where none of the phases
 * ever was, or where `drop` says so, what Drydock made for them is dropped, and only that, in one transaction; the
 * ledger goes with the last phase. So the same command, given again after a kill, never goes a step further.
 * Of the legacy tables only the triggers are taken that report their changes.
 */
export async function rollback(options: RollbackOptions): Promise<RollbackReport> {
  requireOptions('rollback', options);
  return stoppable(options, 'Nothing was dropped.', (done) =>
    withCleanup(async (cleanup) => {
      const dryRun = options.dryRun === true;
      const context = await openContext(options, cleanup);
      if (!dryRun) await lockOperator(context, 'rollback', cleanup);
      const { database, schema, session } = context;
      // Read anew: what was there before the lock may have changed. Later phases stand on earlier ones.
      const entries = await readPhases(session, schema);
      const names = [...phasesOf(context.project)]
        .reverse()
        .filter((name) => context.phaseNames.includes(name));
      const isCutOver = (name: PhaseName) => entries.get(name)?.state === 'cut-over';
      requireWayBack(names, entries);
      const turned = await everCutOver(session, schema);
      const toDrop = options.drop === true || !names.some((name) => turned.has(name)) ? names : [];
      requireOrder(context.project, toDrop, entries);
      const turns = names.some(isCutOver)
        ? await surveyAll({ ...options, phases: names.filter(isCutOver) }, cleanup)
        : [];
      if (turns.length > 0) await requireNothingBuiltOn(session, toDrop, entries);
      const reverted = new Map<PhaseName, Reverted>();
      for (const turn of turns) {
        reverted.set(turn.phase.name, await (dryRun ? wouldRevert(turn) : revertPhase(turn, cleanup)));
        if (!dryRun) done(`The legacy tables of phase ${turn.phase.name} have their names again.`);
      }
      // One that was killed behind the swap of the names left them: they sleep, and are of no use.
      const back = names.filter((name) => turned.has(name) && !isCutOver(name) && !toDrop.includes(name));
      if (!dryRun)
        for (const name of back) await clearAway(session, tablesMadeBy(context, name), context.signal);
      const dropped = await dropPhases(context, toDrop, entries, dryRun);
      const phases = names.map((name) => ({
        phase: name,
        dropped: dropped.get(name) ?? [],
        reverted: reverted.get(name) ?? null,
        kept: !toDrop.includes(name) && entries.has(name),
      }));
      return { database, schema, dryRun, phases };
    }),
  );
}

/** Looks at every phase that is to get its names back, and compares both sides of several, before the first one does. */
async function surveyAll(options: RollbackOptions, cleanup: Cleanup): Promise<Turn[]> {
  const context = await openContext(options, cleanup);
  const turns: Turn[] = [];
  for (const phase of bindPhases(context).reverse()) {
    const entry = requireEntry(context, phase);
    requireSameTables(phase, entry);
    const { serverVersion } = await surveyOf(context, phase, entry);
    const turn = { context, phase, phaseId: entry.id, serverVersion, ...patienceOf(options) };
    await requireOurViews(context.session, turn);
    turns.push(turn);
  }
  if (options.dryRun === true || turns.length < 2) return turns;
  for (const turn of turns) await proveRevert(await context.connector.open(cleanup), turn);
  return turns.map((turn) => ({ ...turn, isProven: true }));
}

async function wouldRevert({ context, phase, phaseId }: Turn): Promise<Reverted> {
  const tables = phase.bound.sources.map(({ table }) => `${table.home}.${table.name}`);
  const { carried } = carryOver(await readOldNames(context.session, phaseId));
  return { swap: null, tables, carried, catalogDifferences: [] };
}

async function revertPhase(turn: Turn, cleanup: Cleanup): Promise<Reverted> {
  turn.context.report({ type: 'step', phase: turn.phase.name, step: 'revert' });
  return revert(turn, cleanup);
}

/** What others built on things of ours would stop their drop, after the names are back. */
async function requireNothingBuiltOn(
  session: Session,
  names: readonly PhaseName[],
  entries: ReadonlyMap<PhaseName, PhaseEntry>,
): Promise<void> {
  const ids = names.flatMap((name) => entries.get(name)?.id ?? []);
  if (ids.length === 0) return;
  const found = await ownedObstacles(session, ids);
  if (found.length === 0) return;
  throw builtOn(names.join(', '), found.join(', '), 'Nothing was changed: no phase was touched.');
}

async function dropPhases(
  context: Context,
  names: readonly PhaseName[],
  entries: ReadonlyMap<PhaseName, PhaseEntry>,
  dryRun: boolean,
): Promise<ReadonlyMap<PhaseName, readonly string[]>> {
  const { session } = context;
  const dropAll = async () => {
    const dropped = new Map<PhaseName, readonly string[]>();
    for (const phase of names) {
      context.report({ type: 'step', phase, step: 'drop' });
      const list = dryRun
        ? await wouldDrop(session, entries.get(phase))
        : await dropPhase(context, phase, entries.get(phase));
      dropped.set(phase, list);
    }
    return dropped;
  };
  if (dryRun || names.length === 0) return dropAll();
  const once = () =>
    session.transaction(async () => {
      await lockLedger(session);
      // Triggers go from tables that are at work: who writes them waits behind us no longer than this.
      await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
      return dropAll();
    });
  return withRetry(once, { signal: context.signal, attempts: ATTEMPTS });
}

/** After completion the unified tables are the only ones that are current. */
function requireWayBack(names: readonly PhaseName[], entries: ReadonlyMap<PhaseName, PhaseEntry>): void {
  const completed = names.find((name) => entries.get(name)?.state === 'completed');
  if (completed === undefined) return;
  throw new DrydockError({
    code: 'completed',
    what: `Phase ${completed} is completed: what was written since is in the unified tables only.`,
    state: 'Nothing was dropped.',
    next: `There is no way back but a backup: drydock rollback --phase ${completed} --full --from DIR`,
  });
}

export function requireOrder(
  project: Project,
  names: readonly PhaseName[],
  entries: ReadonlyMap<PhaseName, PhaseEntry>,
): void {
  for (const phase of names) {
    const later = laterPhases(project, phase).find((name) => entries.has(name) && !names.includes(name));
    if (later === undefined) continue;
    throw new DrydockError({
      code: 'phase-order',
      what: `Phase ${later} stands on phase ${phase}.`,
      state: 'Nothing was dropped.',
      next: `Roll back ${later} first, or --phase all.`,
    });
  }
}

export async function wouldDrop(session: Session, entry: PhaseEntry | undefined): Promise<string[]> {
  if (entry === undefined) return [];
  const names: string[] = [];
  for (const object of await readObjects(session, entry.id)) {
    if (await isIntact(session, object)) names.push(`${object.kind} ${object.schema}.${object.name}`);
  }
  return names;
}

/** Drops one phase's objects, and the ledger after the last phase; gives what was dropped. */
export async function dropPhase(
  context: Context,
  phase: PhaseName,
  entry: PhaseEntry | undefined,
): Promise<string[]> {
  const { session } = context;
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
    await dropReverseFunctions(context, phase);
    await dropGuardFunctions(context, phase);
    await session.execute('delete from drydock.phases where id = $1::int', [entry.id]);
    const { left } = await session.one('select count(*) as left from drydock.phases');
    if (left === '0') {
      await dropLedger(session);
      dropped.push(`schema ${LEDGER_SCHEMA}`);
    }
  } catch (error) {
    if (sqlState(error) !== '2BP01') throw error;
    throw builtOn(phase, (error as PostgresError).detail ?? (error as Error).message, 'Nothing was dropped.');
  }
  return dropped;
}

function builtOn(phases: string, what: string, state: string): DrydockError {
  return new DrydockError({
    code: 'in-use',
    what: `Something that Drydock did not make depends on what it made for phase ${phases}: ${what}`,
    state,
    next: 'Drop or change that object first.',
  });
}

import { requireTables } from '../batches/prepare.js';
import { requirePossible } from '../batches/selection.js';
import {
  requireNotCompleted,
  requireSameBatchSize,
  requireSameConfiguration,
} from '../context/configuration.js';
import { bindPhases, type Context, lookAgain, openContext } from '../context/context.js';
import { type Settings, settingsOf } from '../context/settings.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { Inbox } from '../control/control-channel.js';
import { lockOperator } from '../control/lock.js';
import { seesOthers } from '../control/server-load.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { peakMemory } from '../db/peak-memory.js';
import type { Session } from '../db/session.js';
import { derivedPhases } from '../derived/derived.js';
import type { Control } from '../derived/derived-phase.js';
import { throwIfStops } from '../errors/stop.js';
import { isReopened, readBatches } from '../ledger/batches.js';
import { readPhases } from '../ledger/phases.js';
import { targetsOf } from '../mapping/targets.js';
import { repeatedNames } from '../plan/plan-queries.js';
import { findStops } from '../plan/stops.js';
import { consolidationsOf } from '../project/project.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { PhaseRun, RunOptions, RunReport } from '../reports/run.js';
import { type PhaseOutcome, unifyPhase } from '../unify/unify-phase.js';

/**
 * Unifies: creates the tables, loads every batch that is not loaded yet, builds indexes, keys and views, and
 * verifies. Given again it goes on where it stopped; with a range it replaces exactly that range.
 *
 * @throws DrydockError, StoppedError
 */
export async function run(options: RunOptions): Promise<RunReport> {
  requireOptions('run', options);
  const start = performance.now();
  const state =
    'Batches that were booked are complete; the ledger says what is left; the legacy tables are as they were.';
  return stoppable(options, state, (report) =>
    withCleanup(async (cleanup) => {
      const opened = await openContext(options, cleanup);
      const settings = settingsOf(options);
      throwIfStops(await findStops(opened, bindPhases(opened)), 'Nothing was written.');
      const lock = await lockOperator(opened, 'run', cleanup);
      const context = await lookAgain(opened);
      await requireSameSettings(context, settings, options);
      // A look at every row of a crosswalk, beside the work; it is not worth it for a small part of that.
      const isPart = [options.batches, options.keys, options.since].some((part) => part !== undefined);
      const repeated = isPart ? [] : repeatedWarnings(await openBeside(context, cleanup), context);
      const warnings: string[] = [];
      if (settings.nice && !(await seesOthers(lock.session))) {
        context.report({ type: 'notice', level: 'warn', message: NEARLY_BLIND });
        warnings.push(NEARLY_BLIND);
      }
      const control: Control = {
        inbox: new Inbox(context, lock, settings.maxRate),
        watch: settings.nice ? lock.session : undefined,
      };
      const phases: PhaseRun[] = [];
      for (const { name, run: runOne } of runnablePhases(context)) {
        const before = phases.at(-1);
        // A phase builds on the rows of the one before it, and needs all of them.
        if (before?.state === 'loading') {
          warnings.push(`Phase ${name} was left out: phase ${before.phase} is not complete.`);
          break;
        }
        // Read only now: the phase before it has made the tables that it builds on.
        const entries = await readPhases(context.session, context.schema);
        const { done, warnings: told } = await runOne({ ...context, entries }, options, settings, control);
        phases.push(done);
        report(`Phase ${name} is ${done.state}.`);
        warnings.push(...told);
      }
      warnings.push(...(await reopenedPhases(context)));
      const outcome = phases.some((phase) => phase.state === 'different')
        ? 'different'
        : phases.every((phase) => phase.batches.loaded === 0)
          ? 'nothing-to-do'
          : 'done';
      return {
        database: context.database,
        schema: context.schema,
        outcome,
        phases,
        warnings: [...(await repeated), ...warnings],
        seconds: secondsSince(start),
        peakRssBytes: peakMemory(),
      };
    }),
  );
}

/** A session for what goes on beside the work. */
async function openBeside({ connector, signal }: Context, cleanup: Cleanup): Promise<Session> {
  const session = await connector.open(cleanup);
  await cancelWhenStopped(connector, [session], signal, cleanup);
  return session;
}

/** Whether a crosswalk has a name twice: a word about the data, for which no run is to fail. */
async function repeatedWarnings(session: Session, { project, legacy }: Context): Promise<string[]> {
  try {
    return await repeatedNames(session, project.tables, legacy);
  } catch (error) {
    const tables = project.tables.filter(({ repeated }) => repeated !== undefined).map(({ name }) => name);
    return [
      `Whether ${tables.join(', ')} stand twice is not known: ${error instanceof Error ? error.message : error}`,
    ];
  }
}

/** Phases that this run was not asked for, and that changes of an earlier phase made incomplete. */
async function reopenedPhases(context: Context): Promise<string[]> {
  const entries = await readPhases(context.session, context.schema);
  const warnings: string[] = [];
  for (const entry of entries.values()) {
    if (context.phaseNames.includes(entry.phase)) continue;
    const reopened = (await readBatches(context.session, entry.id)).filter(isReopened).length;
    if (reopened === 0) continue;
    warnings.push(
      `Phase ${entry.phase} stands on rows that were changed: ${reopened} of its batches are to be loaded again. Run: drydock run --phase ${entry.phase}`,
    );
  }
  return warnings;
}

interface RunnablePhase {
  readonly name: PhaseName;
  run(context: Context, options: RunOptions, settings: Settings, control: Control): Promise<PhaseOutcome>;
}

/** How each phase is run, in order: those that unify, and those that build on what was unified. */
function runnablePhases({ project, phaseNames }: Context): RunnablePhase[] {
  const unifying = consolidationsOf(project, phaseNames).map(
    (definition): RunnablePhase => ({
      name: definition.name,
      run(context, options, settings, control) {
        const phase = definition.bind(context.legacy, new Set(context.entries.keys()));
        return unifyPhase(context, phase, options, settings, control);
      },
    }),
  );
  const derived = derivedPhases(project, phaseNames).map(
    (phase): RunnablePhase => ({
      name: phase.name,
      async run(context, options, settings, control) {
        return { done: await phase.run(context, options, settings, control), warnings: [] };
      },
    }),
  );
  return [...unifying, ...derived];
}

const NEARLY_BLIND =
  'Being nice to the sessions of this user only: those of others cannot be seen without the role pg_read_all_stats.';

/** Refuses before anything is done, whichever phase it is that was begun in another way. */
async function requireSameSettings(context: Context, settings: Settings, options: RunOptions): Promise<void> {
  const { entries } = context;
  for (const phase of bindPhases(context)) {
    const entry = entries.get(phase.name);
    if (entry === undefined) continue;
    requireNotCompleted(entry);
    requireSameConfiguration(phase, entry);
    if (settings.batchSize !== undefined) requireSameBatchSize(entry, settings.batchSize);
    await requireTables(context, phase, targetsOf(phase), entry);
    requirePossible(await readBatches(context.session, entry.id), options);
  }
  for (const derived of derivedPhases(context.project, context.phaseNames)) {
    const entry = entries.get(derived.name);
    if (entry === undefined) continue;
    await derived.requireSame(context, entry);
    requirePossible(await readBatches(context.session, entry.id), options);
  }
}

import { requireSameTables } from '../context/configuration.js';
import { bindPhases, type Context, lookAgain, openContext } from '../context/context.js';
import { operator } from '../context/operator.js';
import { type Done, secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { dropGuard } from '../guard/guard.js';
import { recordTurn } from '../ledger/cutovers.js';
import { enterViews } from '../ledger/moved.js';
import { lockState, moveState } from '../ledger/phases.js';
import { restorations } from '../ledger/restorations.js';
import type { Phase } from '../mapping/phase.js';
import { type Targets, targetsOf } from '../mapping/targets.js';
import { consolidationsOf, laterConsolidations } from '../project/project.js';
import type { CompleteOptions, CompleteReport, PhaseCompletion } from '../reports/complete.js';
import type { CutoverFinding } from '../reports/cutover.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import { endCapture, openCatchUp } from './catch-up.js';
import { completionFindings } from './completion-findings.js';
import { requireEntry, stopped, surveyOf, waitForOlderSnapshots } from './cutover.js';
import { dropLegacyTables } from './drop-legacy.js';
import { foreignKeysToPhase, type Repointable, repointables } from './foreign-keys.js';
import { withKeyIndexes } from './key-indexes.js';
import { patienceOf, type TableLock, underLocks } from './locks.js';
import { readOnlyViews } from './read-only-views.js';
import { type Naming, repoint } from './repoint.js';
import { type RepointedReferrer, referrersToRepoint, repointReferrer } from './repoint-referrers.js';
import { proveAhead, requireEqual } from './require-equal.js';
import { dropReverseTriggers } from './reverse/install.js';
import { inLockOrder, legacyLocks, unifiedLocks, viewLocks } from './swap.js';
import { idIndex, targetIndexes } from './take-over/indexes.js';
import { giveIdsAhead } from './take-over/numbers.js';
import { finishPrimaryKey } from './take-over/primary-key.js';
import { asCompleted, settleIds, takeOver } from './take-over/take-over.js';
import { type Taking, takingOf } from './take-over/taking.js';
import type { Turn } from './turn.js';
import { unifiedDefaults } from './unified-defaults.js';
import { validateKeys } from './validate-keys.js';

const STATE = 'Nothing was completed: both forms of the data are kept up as before.';
const NO_OTHER = 'No other phase was completed.';
const WHY = 'the unified tables would stand on their own with less, or with more';

/**
 * Ends a migration: the unified tables stand on their own, and the old names are read-only views of them. The moved
 * tables are kept as they are, or dropped where that is asked for. There is no way back but a backup.
 */
export async function complete(options: CompleteOptions): Promise<CompleteReport> {
  requireOptions('complete', options);
  const start = performance.now();
  return stoppable(options, { none: STATE, rest: NO_OTHER }, (done) =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      if (options.dryRun !== true) await lockOperator(context, 'complete', cleanup);
      // The later phases first: their tables name the rows of the earlier ones. What has no old names has nothing to end.
      const names = consolidationsOf(context.project, context.phaseNames)
        .map(({ name }) => name)
        .reverse();
      if (names.length === 0) throw nothingToComplete(context);
      const survey = await surveyAll(context, names, options, cleanup);
      const refused = survey.some(({ completion }) => completion.outcome === 'refused');
      const phases: PhaseCompletion[] = [];
      if (options.dryRun === true || refused) {
        phases.push(
          ...survey.map(({ completion }) => (refused ? untouched(completion, options) : completion)),
        );
      } else {
        for (const turn of await provenTurns(survey)) {
          phases.push(await completePhase(turn, options, { before: phases, cleanup, done }));
          if (phases.at(-1)?.outcome === 'refused') break;
        }
      }
      return {
        database: context.database,
        schema: context.schema,
        dryRun: options.dryRun === true,
        phases,
        seconds: secondsSince(start),
      };
    }),
  );
}

/** A phase as it was looked at before anything was done, and what would come of completing it. */
interface Surveyed {
  readonly turn: Turn;
  readonly session: Session;
  readonly completion: PhaseCompletion;
}

/** Looks at every phase: what stops one of them stops all of them, because there is no way back from the first. */
async function surveyAll(
  context: Context,
  names: readonly PhaseName[],
  options: CompleteOptions,
  cleanup: Cleanup,
): Promise<Surveyed[]> {
  const now = await lookAgain(context);
  const found: Surveyed[] = [];
  for (const name of names) {
    for (const phase of bindPhases({ ...now, phaseNames: [name] })) {
      const before = found.map(({ completion }) => completion);
      requireOrder(now, phase, before);
      found.push(await surveyPhase({ ...now, phaseNames: [name] }, phase, options, before, cleanup));
    }
  }
  return found;
}

async function surveyPhase(
  context: Context,
  phase: Phase,
  options: CompleteOptions,
  before: readonly PhaseCompletion[],
  cleanup: Cleanup,
): Promise<Surveyed> {
  const entry = requireEntry(context, phase);
  if (entry.state === 'cut-over') requireSameTables(phase, entry);
  const session = await context.connector.open(cleanup);
  const survey = { ...(await surveyOf(context, phase, entry)), session };
  const patience = patienceOf(options);
  const findings: CutoverFinding[] = await completionFindings(
    survey,
    options.dropLegacy === true ? before.map(({ phase: name }) => name) : null,
  );
  const isDone = entry.state === 'completed';
  if (!isDone && !stopped(findings)) {
    const wait = options.dryRun === true ? 0 : patience.patienceMs;
    findings.push(...(await waitForOlderSnapshots(context, session, entry.id, wait)));
  }
  const outcome = stopped(findings) ? 'refused' : isDone ? 'already-completed' : 'would-complete';
  return {
    turn: { context, phase, phaseId: entry.id, serverVersion: survey.serverVersion, ...patience },
    session,
    completion: { phase: phase.name, outcome, findings, repointed: 0, dropped: [] },
  };
}

/** Compares both sides of every phase that is to be completed, before the first one is. */
async function provenTurns(survey: readonly Surveyed[]): Promise<Turn[]> {
  const open = survey.filter(({ completion }) => completion.outcome === 'would-complete');
  const isProven = open.length > 1;
  if (isProven) for (const { session, turn } of open) await proveAhead(session, turn, STATE, WHY);
  return survey.map(({ turn }) => ({ ...turn, isProven }));
}

/** What a phase is where another one is refused. */
function untouched(completion: PhaseCompletion, { dryRun }: CompleteOptions): PhaseCompletion {
  return completion.outcome === 'would-complete' && dryRun !== true
    ? { ...completion, outcome: 'not-begun' }
    : completion;
}

async function completePhase(
  looked: Turn,
  options: CompleteOptions,
  about: {
    readonly before: readonly PhaseCompletion[];
    readonly cleanup: Cleanup;
    readonly done: Done;
  },
): Promise<PhaseCompletion> {
  const { before, cleanup, done } = about;
  const context = { ...(await lookAgain(looked.context)), phaseNames: looked.context.phaseNames };
  const [phase = looked.phase] = bindPhases(context);
  requireOrder(context, phase, before);
  // Looked at again: the phases before this one took their time.
  const { turn, session, completion } = await surveyPhase(context, phase, options, before, cleanup);
  if (completion.outcome === 'refused') return completion;
  const isDone = completion.outcome === 'already-completed';
  if (!isDone) context.report({ type: 'step', phase: phase.name, step: 'complete' });
  const repointed = isDone ? 0 : await end(session, { ...turn, isProven: looked.isProven === true });
  const completed = isDone ? phase : asCompleted(context, phase);
  if (!isDone) done(`Phase ${phase.name} is completed.`);
  const findings = [...completion.findings, ...(await validateKeys(session, targetsOf(completed)))];
  await finishPrimaryKey(session, completed);
  const dropped = options.dropLegacy === true ? await dropLegacyTables(session, phase, turn.phaseId) : [];
  if (dropped.length > 0) done(`The legacy tables of phase ${phase.name} are dropped.`);
  return { ...completion, outcome: isDone ? 'already-completed' : 'completed', findings, repointed, dropped };
}

/** Capture and reverse capture end, the old names become read-only, other tables name the unified rows: all or nothing. */
async function end(session: Session, turn: Turn): Promise<number> {
  const { context, phase, phaseId, patienceMs, longWaitMs } = turn;
  const targets = targetsOf(phase);
  const catchUp = await openCatchUp(turn, session);
  await catchUp.ahead(patienceMs);
  await requireEqual(turn, STATE, WHY);
  const keys = repointables(phase, await foreignKeysToPhase(session, phase));
  const taking = await takingOf(session, phase);
  const referrers = await referrersToRepoint(session, phase);
  if (taking !== null) await giveIdsAhead(session, targets, taking, context.signal);
  const further =
    taking === null
      ? []
      : [idIndex(taking, targets), ...(await targetIndexes(session, taking, targets)).kept];
  return withKeyIndexes(session, turn, { keys, targets, further }, async (isBuilt) => {
    // The build took its time, and the locks are to find little left to do.
    if (isBuilt) await catchUp.ahead(patienceMs);
    const { result } = await underLocks(
      session,
      completionLocks(phase, targets, [
        ...keys.map(({ key }) => key),
        ...referrers.map(({ naming }) => naming),
      ]),
      { patienceMs, longWaitMs, signal: context.signal, state: STATE, before: catchUp.rehearse },
      async () => {
        if ((await lockState(session, phaseId)) !== 'cut-over') throw notCutOver(phase);
        await catchUp.within();
        return standAlone(session, turn, { keys, taking, referrers });
      },
    );
    return result;
  });
}

function completionLocks(phase: Phase, targets: Targets, others: readonly Naming[]): TableLock[] {
  const tables = inLockOrder(phase);
  return [
    ...unifiedLocks(targets, 'access exclusive'),
    // Capture ends on it. Asked for only behind the others, it would not be had beside readers that hold it and wait for a view.
    ...(phase.resolution === null ? [] : legacyLocks([phase.resolution.table])),
    ...viewLocks(tables),
    ...legacyLocks(tables),
    ...[...new Set(others.map((one) => one.qualified))].map((table) => ({
      qualified: table,
      mode: 'access exclusive' as const,
    })),
  ];
}

/** What happens behind the locks; gives how many rows of other tables were re-pointed. */
async function standAlone(
  session: Session,
  { context, phase, phaseId }: Turn,
  {
    keys,
    taking,
    referrers,
  }: {
    readonly keys: readonly Repointable[];
    readonly taking: Taking | null;
    readonly referrers: readonly RepointedReferrer[];
  },
): Promise<number> {
  const targets = targetsOf(phase);
  if (taking !== null) await settleIds(session, targets, taking);
  let repointed = 0;
  for (const key of keys) repointed += await repoint(session, phaseId, targets, key);
  for (const one of referrers) repointed += await repointReferrer(session, phaseId, targets, one);
  await dropReverseTriggers(session, [targets.unified, targets.folded]);
  const shown = (await restorations(session, phase, targets, phaseId)).filter(
    ({ source }) => source.rule.table !== taking?.name,
  );
  await session.execute([...dropGuard(targets), ...readOnlyViews(shown, taking?.name ?? null)].join(';\n'));
  const alone = taking === null ? phase : await takeOver(session, { context, phase, phaseId, taking });
  await session.execute((await unifiedDefaults(session, alone, targetsOf(alone))).join(';\n'));
  await endCapture(session, phaseId);
  await enterViews(session, phaseId);
  await session.execute(
    'update drydock.cutovers set completed_at = clock_timestamp() where phase_id = $1::int',
    [phaseId],
  );
  await moveState(session, phaseId, 'completed');
  await recordTurn(session, {
    schema: context.schema,
    phase: phase.name,
    kind: 'completed',
    operator: operator(),
    detail: `${repointed} rows of other tables re-pointed`,
  });
  return repointed;
}

/** @param before - the phases that the same command completes before, or refuses */
function requireOrder(context: Context, { name }: Phase, before: readonly PhaseCompletion[]): void {
  const withNames = laterConsolidations(context.project, name).map((later) => later.name);
  const open = withNames.find((later) => {
    const state = context.entries.get(later)?.state;
    const isAsked = before.some(({ phase }) => phase === later);
    return state !== undefined && state !== 'completed' && !isAsked;
  });
  if (open === undefined) return;
  throw new DrydockError({
    code: 'phase-order',
    what: `Phase ${open} stands on phase ${name} and is not completed.`,
    state: STATE,
    next: `Complete ${open} first (or roll it back), or give --phase all.`,
  });
}

function nothingToComplete({ phaseNames }: Context): DrydockError {
  return new DrydockError({
    code: 'nothing-to-complete',
    what: `Phase ${phaseNames.join(', ')} has no legacy tables, and so no old names: there is nothing to complete.`,
    state: STATE,
    next: 'It stays in use when the other phases are completed, and drydock rollback takes it away at any time.',
  });
}

function notCutOver(phase: Phase): DrydockError {
  return new DrydockError({
    code: 'not-cut-over',
    what: `Phase ${phase.name} is not cut over any more.`,
    state: STATE,
    next: 'Look at drydock status.',
  });
}

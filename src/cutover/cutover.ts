import { setTimeout as sleep } from 'node:timers/promises';
import { requireTables } from '../batches/prepare.js';
import { requireSameConfiguration } from '../context/configuration.js';
import { bindPhases, type Context, lookAgain, openContext } from '../context/context.js';
import { type Done, secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { throwIfStops } from '../errors/stop.js';
import { DrydockError, StoppedError } from '../errors.js';
import type { PhaseEntry } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import type { CutoverFinding, CutoverOptions, CutoverReport, PhaseCutover } from '../reports/cutover.js';
import { requireOptions } from '../reports/options.js';
import { recordedVerification } from '../verify/recorded.js';
import { patienceOf } from './locks.js';
import { oidArray, type Survey } from './preflight/findings.js';
import { preflight } from './preflight/preflight.js';
import { olderSnapshots } from './preflight/sessions.js';
import { proveAhead } from './require-equal.js';
import { swap } from './swap.js';
import type { Turn } from './turn.js';

const STATE = {
  none: 'Nothing was swapped: the applications use the legacy tables as before.',
  rest: 'No other phase was swapped.',
} as const;
const WAITING = 'Nothing of the phase was touched: older snapshots were waited for.';
const WHY = 'what is in the unified tables alone would not be kept';
const ASK_AGAIN_MS = 500;

/**
 * Moves the legacy tables of the phases aside and puts writable views of their old names in their place. From then on
 * applications may use either form: what is written to one reaches the other. Looks first, and swaps nothing where
 * something stands in the way. Given again, it goes on where it stopped.
 */
export async function cutover(options: CutoverOptions): Promise<CutoverReport> {
  requireOptions('cutover', options);
  const start = performance.now();
  return stoppable(options, STATE, (done) =>
    withCleanup(async (cleanup) => {
      const opened = await openContext(options, cleanup);
      if (options.dryRun !== true) await lockOperator(opened, 'cutover', cleanup);
      const context = await lookAgain(opened);
      throwIfStops(context.legacy.stops, STATE.none);
      const bound = bindPhases(context);
      if (bound.length === 0) throw nothingToCutOver(context);
      const survey: Surveyed[] = [];
      for (const phase of bound) survey.push(await surveyPhase(context, phase, options, cleanup));
      return {
        database: context.database,
        schema: context.schema,
        dryRun: options.dryRun === true,
        phases: await cutOverAll(survey, options, { cleanup, done }),
        seconds: secondsSince(start),
      };
    }),
  );
}

/** A phase as it was looked at before anything was done, and what would come of cutting it over. */
interface Surveyed {
  readonly turn: Turn;
  readonly session: Session;
  readonly cutover: PhaseCutover;
}

async function surveyPhase(
  context: Context,
  phase: Phase,
  options: CutoverOptions,
  cleanup: Cleanup,
): Promise<Surveyed> {
  const entry = requireEntry(context, phase);
  requireSameConfiguration(phase, entry);
  await requireTables(context, phase, targetsOf(phase), entry);
  const session = await context.connector.open(cleanup);
  const survey = await surveyOf(context, phase, entry);
  const patience = patienceOf(options);
  const { serverVersion } = survey;
  const turn = { context, phase, phaseId: entry.id, serverVersion, ...patience };
  const about = { phase: phase.name, state: entry.state, swap: null, verification: null };
  if (entry.state === 'cut-over')
    return { turn, session, cutover: { ...about, outcome: 'already-cut-over', findings: [] } };
  context.report({ type: 'step', phase: phase.name, step: 'preflight' });
  const findings = await preflight(survey, session, { backupRequired: options.noBackup !== true });
  if (!stopped(findings)) {
    const wait = options.dryRun === true ? 0 : patience.patienceMs;
    findings.push(...(await waitForOlderSnapshots(context, session, entry.id, wait)));
  }
  const outcome = stopped(findings) ? 'refused' : 'would-cut-over';
  return { turn, session, cutover: { ...about, outcome, findings } };
}

/** What stops one of the phases stops all of them, before the first one is touched. */
async function cutOverAll(
  survey: readonly Surveyed[],
  options: CutoverOptions,
  about: { readonly cleanup: Cleanup; readonly done: Done },
): Promise<PhaseCutover[]> {
  const looked = survey.map(({ cutover: one }) => one);
  if (options.dryRun === true) return looked;
  if (looked.some(({ outcome }) => outcome === 'refused'))
    return looked.map((one) => (one.outcome === 'would-cut-over' ? { ...one, outcome: 'not-begun' } : one));
  const several = looked.filter(({ outcome }) => outcome === 'would-cut-over').length > 1;
  for (const { turn, session, cutover: one } of survey)
    if (several && one.outcome === 'would-cut-over') await proveAhead(session, turn, STATE.none, WHY);
  const phases: PhaseCutover[] = [];
  for (const { turn } of survey) {
    phases.push(await cutOverPhase({ ...turn, isProven: several }, options, about));
    if (phases.at(-1)?.outcome === 'refused') break;
  }
  return phases;
}

async function cutOverPhase(
  looked: Turn,
  options: CutoverOptions,
  { cleanup, done }: { readonly cleanup: Cleanup; readonly done: Done },
): Promise<PhaseCutover> {
  const context = await lookAgain(looked.context);
  const phase = rebound(context, looked.phase);
  // Looked at again: the phases before this one took their time.
  const { turn, cutover: one } = await surveyPhase(context, phase, options, cleanup);
  if (one.outcome === 'already-cut-over')
    return { ...one, verification: await verifyWhole(context, phase, turn.phaseId) };
  if (one.outcome === 'refused') return one;
  context.report({ type: 'step', phase: phase.name, step: 'swap' });
  const times = await swap({ ...turn, isProven: looked.isProven === true }, cleanup);
  done(`Phase ${phase.name} is cut over.`);
  const after = await lookAgain(context);
  const verification = await verifyWhole(after, rebound(after, phase), turn.phaseId);
  return { ...one, outcome: 'cut-over', state: 'cut-over', swap: times, verification };
}

/** The phase, bound to the tables as they are found now. */
function rebound(context: Context, phase: Phase): Phase {
  return bindPhases({ ...context, phaseNames: [phase.name] })[0] ?? phase;
}

function nothingToCutOver({ phaseNames }: Context): DrydockError {
  return new DrydockError({
    code: 'nothing-to-cut-over',
    what: `Phase ${phaseNames.join(', ')} has no legacy tables, and so no old names: there is nothing to cut over.`,
    state: STATE.none,
    next: 'It is in use already, and stays so when the other phases are cut over.',
  });
}

function verifyWhole(context: Context, phase: Phase, phaseId: number) {
  return recordedVerification(context, phase, phaseId, { selected: null, limit: 20, strict: false });
}

export function requireEntry(context: Context, phase: Phase): PhaseEntry {
  const entry = context.entries.get(phase.name);
  if (entry !== undefined) return entry;
  throw new DrydockError({
    code: 'not-loaded',
    what: `Phase ${phase.name} was not run; it has no unified tables yet.`,
    state: 'Nothing of this phase was touched.',
    next: `Run: drydock run --phase ${phase.name}`,
  });
}

export async function surveyOf(
  context: Context,
  phase: Phase,
  entry: PhaseEntry,
): Promise<Omit<Survey, 'session'>> {
  const tables = phase.bound.sources.map(({ table }) => table);
  const { number } = await context.session.one(`select current_setting('server_version_num') as number`);
  return { context, phase, entry, tables, oids: oidArray(tables), serverVersion: Number(number) };
}

export function stopped(findings: readonly CutoverFinding[]): boolean {
  return findings.some(({ verdict }) => verdict === 'stops');
}

/** Waits until nobody reads with a snapshot from before the last batch; gives those who still do. */
export async function waitForOlderSnapshots(
  context: Context,
  session: Survey['session'],
  phaseId: number,
  patienceMs: number,
): Promise<CutoverFinding[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const found = await olderSnapshots(session, phaseId);
    if (found.length === 0 || performance.now() >= until) return found;
    if (context.signal?.aborted === true) throw new StoppedError(WAITING);
    await sleep(ASK_AGAIN_MS);
  }
}

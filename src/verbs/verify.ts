import { requireTables } from '../batches/prepare.js';
import { select } from '../batches/selection.js';
import { requireNotCompleted, requireSameConfiguration } from '../context/configuration.js';
import { bindPhases, type Context, openContext, secondsSince, stoppable } from '../context/context.js';
import { standbyRefused } from '../context/standby.js';
import { withCleanup } from '../db/cleanup.js';
import { type DerivedPhase, derivedPhases } from '../derived/derived.js';
import { DrydockError } from '../errors.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import { type PhaseEntry, recordVerification, setState } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import { throwIfStops } from '../plan/stops.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseState } from '../reports/phase-state.js';
import { DEFAULTS, type PhaseName } from '../reports/target.js';
import type { PhaseVerification, VerifyOptions, VerifyReport } from '../reports/verify.js';
import { type Compared, comparePhase, type VerifySelection, verifyPhase } from '../verify/verify-phase.js';

const NOT_COMPARED = 'Nothing of the phase was compared or changed.';

/**
 * Compares every legacy table with its view, by hash, in one snapshot. Writes nothing, or with `record` into the
 * ledger only.
 *
 * @throws DrydockError when there is nothing that could be compared
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  requireOptions('verify', options);
  const start = performance.now();
  const state = {
    none: 'Verification writes nothing; it was not finished.',
    rest: 'Of the other phases nothing is proven.',
  };
  return stoppable(options, state, (done) =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      if (context.isStandby) requireForStandby(options);
      const phases: PhaseVerification[] = [];
      const known = bindPhases(context).filter(
        ({ name }) =>
          options.phases !== undefined ||
          (context.entries.has(name) && context.entries.get(name)?.state !== 'completed'),
      );
      const derived = derivedPhases(context.project, context.phaseNames).filter(
        ({ name }) => options.phases !== undefined || context.entries.has(name),
      );
      if (known.length + derived.length === 0) throw notLoaded('Nothing was unified', 'drydock run');
      const proven = (one: PhaseVerification): void => {
        phases.push(one);
        done(
          `Phase ${one.phase} is ${one.equal ? 'equal' : 'different'}${options.record === true ? ', as the ledger knows' : ''}.`,
        );
      };
      for (const phase of known) proven(await verifyOne(context, phase, options));
      for (const phase of derived) proven(await verifyDerived(context, phase, options));
      return {
        database: context.database,
        schema: context.schema,
        equal: phases.every((phase) => phase.equal),
        strict: options.strict === true,
        phases,
        seconds: secondsSince(start),
      };
    }),
  );
}

/** What a verification needs to write, if only into temporary tables. */
function requireForStandby({ record, strict }: VerifyOptions): void {
  const state = 'Nothing was compared.';
  if (record === true)
    throw standbyRefused('With --record a verification writes its result into the ledger.', state);
  if (strict === true) {
    throw standbyRefused(
      'With --strict every row is computed again, in temporary tables; without it a standby verifies, too.',
      state,
    );
  }
}

/** The phase's entry; there is nothing to verify before it was run. */
function entryOf(context: Context, phase: PhaseName): PhaseEntry {
  const entry = context.entries.get(phase);
  if (entry === undefined) throw notLoaded(`Phase ${phase} was not run`, `drydock run --phase ${phase}`);
  return entry;
}

/** Without all of its batches a phase cannot be verified. */
function requireComplete({ phase, state }: PhaseEntry, batches: readonly Batch[]): void {
  if (state !== 'loading') return;
  const pending = batches.filter((batch) => batch.status === 'pending').length;
  throw notLoaded(
    `Phase ${phase} is not complete: ${pending} of ${batches.length} batches are to be loaded`,
    `drydock run --phase ${phase}`,
  );
}

/** A phase that unifies nothing has no legacy rows that a range could select: it is verified whole. */
async function verifyDerived(
  context: Context,
  phase: DerivedPhase,
  options: VerifyOptions,
): Promise<PhaseVerification> {
  const entry = entryOf(context, phase.name);
  requireComplete(entry, await readBatches(context.session, entry.id));
  return phase.verify(context, entry, options);
}

async function verifyOne(context: Context, phase: Phase, options: VerifyOptions): Promise<PhaseVerification> {
  const entry = entryOf(context, phase.name);
  requireNotCompleted(entry);
  requireSameConfiguration(phase, entry);
  throwIfStops(context.legacy.stops, NOT_COMPARED);
  const targets = targetsOf(phase);
  await requireTables(context, phase, targets, entry);
  const batches = await readBatches(context.session, entry.id);
  requireComplete(entry, batches);
  const selection = await select(context, phase, batches, options);
  const selected = selection?.batches ?? null;
  const settings = { selected, limit: options.limit ?? DEFAULTS.limit, strict: options.strict === true };
  if (options.record === true && selected === null)
    return recordedVerification(context, phase, entry.id, settings);
  return verifyPhase(context, phase, targets, entry.id, { ...settings, batches });
}

/**
 * Verifies a whole phase and writes the result into the ledger.
 *
 * @param settle compares the keys that were left out, when their changes are applied; without it they are only told
 */
export async function recordedVerification(
  context: Context,
  phase: Phase,
  phaseId: number,
  settings: Omit<VerifySelection, 'batches'>,
  settle: (compared: Compared) => Promise<PhaseVerification> = async ({ verification }) => verification,
): Promise<PhaseVerification> {
  const batches = await readBatches(context.session, phaseId);
  const compared = await comparePhase(context, phase, targetsOf(phase), phaseId, { ...settings, batches });
  const result = await settle(compared);
  await context.session.transaction(async () => {
    const tables = result.tables.map(({ table, equal, legacy, unified }) => ({
      table,
      equal,
      legacy,
      unified,
    }));
    await recordVerification(context.session, phaseId, {
      equal: result.equal,
      strict: settings.strict,
      tables,
    });
    const { state } = await context.session.one('select state from drydock.phases where id = $1::int', [
      phaseId,
    ]);
    const next = stateAfter(result, state as PhaseState);
    if (next !== null) await setState(context.session, phaseId, next);
  });
  return result;
}

/** What a phase is after a verification; null: what it was. */
function stateAfter(
  { equal, pendingKeys }: PhaseVerification,
  state: PhaseState,
): 'different' | 'verified' | null {
  // What the names of the tables stand for now is not for a verification to change.
  if (state === 'cut-over' || state === 'completed') return null;
  if (!equal) return 'different';
  // Only what was compared to the last key is called verified.
  return pendingKeys > 0 || state === 'in-sync' ? null : 'verified';
}

export function notLoaded(what: string, command: string): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: `${what}; there is nothing to compare yet.`,
    state: NOT_COMPARED,
    next: `Run: ${command}`,
  });
}

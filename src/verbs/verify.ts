import { requireTables } from '../batches/prepare.js';
import { select } from '../batches/selection.js';
import { requireNotCompleted, requireSameConfiguration } from '../context/configuration.js';
import { bindPhases, type Context, openContext } from '../context/context.js';
import { NOT_COMPARED, notLoaded } from '../context/not-loaded.js';
import { standbyRefused } from '../context/standby.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import { derivedPhases } from '../derived/derived.js';
import type { DerivedPhase } from '../derived/derived-phase.js';
import { throwIfStops } from '../errors/stop.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import type { PhaseEntry } from '../ledger/phases.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import { DEFAULTS } from '../reports/target.js';
import type { PhaseVerification, VerifyOptions, VerifyReport } from '../reports/verify.js';
import { recordedVerification } from '../verify/recorded.js';
import { verifyPhase } from '../verify/verify-phase.js';

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

import { withCleanup } from '../db/cleanup.js';
import { DrydockError } from '../errors.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import { type PhaseEntry, recordVerification, setState } from '../ledger/phases.js';
import { targetsOf } from '../mapping/targets.js';
import type { Phase } from '../phases/phase.js';
import { DEFAULTS, type PhaseName } from '../reports/target.js';
import type { PhaseVerification, VerifyOptions, VerifyReport } from '../reports/verify.js';
import { requireNotCompleted, requireSameConfiguration } from './configuration.js';
import { bindPhases, type Context, openContext, secondsSince, stoppable } from './context.js';
import { type DerivedPhase, derivedPhases } from './derived.js';
import { requireTables } from './prepare.js';
import { select } from './selection.js';
import { throwIfStops } from './stops.js';
import { type VerifySelection, verifyPhase } from './verify-phase.js';

/**
 * Compares every legacy table with its view, by hash, in one snapshot. Writes nothing, or with `record` into the
 * ledger only.
 *
 * @throws DrydockError when there is nothing that could be compared
 */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const start = performance.now();
  return stoppable(options.signal, 'Verification writes nothing; it was not finished.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      const phases: PhaseVerification[] = [];
      const known = bindPhases(context).filter(
        ({ name }) =>
          options.phases !== undefined ||
          (context.entries.has(name) && context.entries.get(name)?.state !== 'completed'),
      );
      const derived = derivedPhases(context.phaseNames).filter(
        ({ name }) => options.phases !== undefined || context.entries.has(name),
      );
      if (known.length + derived.length === 0) throw notLoaded('Nothing was unified', 'drydock run');
      for (const phase of known) phases.push(await verifyOne(context, phase, options));
      for (const phase of derived) phases.push(await verifyDerived(context, phase, options));
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
  throwIfStops(context.legacy.stops);
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

/** Verifies a whole phase and writes the result into the ledger. */
export async function recordedVerification(
  context: Context,
  phase: Phase,
  phaseId: number,
  settings: Omit<VerifySelection, 'batches'>,
): Promise<PhaseVerification> {
  const batches = await readBatches(context.session, phaseId);
  const result = await verifyPhase(context, phase, targetsOf(phase), phaseId, { ...settings, batches });
  await context.session.transaction(async () => {
    const tables = result.tables.map(({ table, equal, legacy, unified, differingBatches }) => ({
      table,
      equal,
      legacy,
      unified,
      differingBatches,
    }));
    await recordVerification(context.session, phaseId, {
      equal: result.equal,
      strict: settings.strict,
      tables,
    });
    await setState(context.session, phaseId, result.equal ? 'verified' : 'different');
  });
  return result;
}

export function notLoaded(what: string, command: string): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: `${what}; there is nothing to compare yet.`,
    next: `Run: ${command}`,
  });
}

import type { Context } from '../context/context.js';
import type { Settings } from '../context/settings.js';
import type { PaceParts } from '../control/pace.js';
import type { Stop } from '../errors/stop.js';
import type { PhaseEntry } from '../ledger/phases.js';
import type { Derived } from '../project/derived.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { PhasePlan } from '../reports/plan.js';
import type { PhaseRun, RunOptions } from '../reports/run.js';
import type { PhaseVerification, VerifyOptions } from '../reports/verify.js';

/** What a run is steered with, over all its phases. */
export type Control = Pick<PaceParts, 'inbox' | 'watch'>;

/**
 * A phase that unifies nothing, and builds on what others have unified. It has what every phase has: a name, an order,
 * an entry and batches in the ledger, a plan, a run that goes on where it stopped, a verification; rollback and status
 * follow from the ledger. What only a unifying phase has (a mapping, a merger, legacy views) is in `Phase`.
 */
export interface DerivedPhase {
  readonly name: PhaseName;
  /** The phase that has to be complete before this one. */
  readonly after: PhaseName;
  /** What it builds on the tables as they are found. */
  bind(context: Context): Promise<Derived>;
  /** What keeps it from being run, found without writing anything. */
  stops(context: Context): Promise<Stop[]>;
  plan(context: Context): Promise<{ readonly plan: PhasePlan; readonly warnings: readonly string[] }>;
  /** Refuses to go on with what was begun for something else. */
  requireSame(context: Context, entry: PhaseEntry): Promise<void>;
  run(context: Context, options: RunOptions, settings: Settings, control: Control): Promise<PhaseRun>;
  verify(context: Context, entry: PhaseEntry, options: VerifyOptions): Promise<PhaseVerification>;
}

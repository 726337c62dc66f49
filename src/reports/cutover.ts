import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';
import type { PhaseVerification } from './verify.js';

/** Options of `cutover`. */
export interface CutoverOptions extends TargetOptions, LockOptions {
  /** Only look: preflight in read-only transactions, nothing else. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Go on without a verified backup. Default false. */
  readonly noBackup?: boolean | undefined;
}

/**
 * What a cutover means for one thing that hangs on the tables. `carried`: it goes on as it is. `warned`: it goes on,
 * but something about it is different now. `stops`: no cutover before it is settled.
 */
export interface CutoverFinding {
  /** `carried`: it goes on as it is; `warned`: a person should know; `stops`: it keeps the phase from being cut over. */
  readonly verdict: 'carried' | 'warned' | 'stops';
  /** The kind of it; docs/errors.md lists the codes of errors. */
  readonly code: string;
  /** What it is about, by name. */
  readonly object: string;
  /** The reason, in a sentence. */
  readonly why: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly next: string;
}

/** How the names were swapped. */
export interface Swap {
  /** How often the locks were asked for. */
  readonly attempts: number;
  /** Milliseconds from the first lock asked for to all of them held, in the attempt that succeeded. */
  readonly waitedMs: number;
  /** Milliseconds that all locks were held, the commit included: how long writers waited at most, beside `waitedMs`. */
  readonly heldMs: number;
  /** Changed keys that were applied while the locks were held. */
  readonly drained: number;
}

/** What a cutover found and did of one phase. */
export interface PhaseCutover {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** `not-begun`: nothing stops this phase, and another one is refused: no phase was touched. */
  readonly outcome: 'cut-over' | 'already-cut-over' | 'would-cut-over' | 'not-begun' | 'refused';
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** What was found before, with a verdict for each. */
  readonly findings: readonly CutoverFinding[];
  /** What the swap took; null: nothing was swapped. */
  readonly swap: Swap | null;
  /** Of the whole, right after the swap. */
  readonly verification: PhaseVerification | null;
}

/** What a cutover found and did. */
export interface CutoverReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Whether nothing was changed, and this is what would be done. */
  readonly dryRun: boolean;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseCutover[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

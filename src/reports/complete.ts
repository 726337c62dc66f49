import type { CutoverFinding } from './cutover.js';
import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

/** Options of `complete`. */
export interface CompleteOptions extends TargetOptions, LockOptions {
  /** Also drop the legacy tables; wants a verified backup. Default false. */
  readonly dropLegacy?: boolean | undefined;
  /** Only look. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What a completion found of one phase. */
export interface PhaseCompletion {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** `not-begun`: nothing stops this phase, and another one is refused: no phase was touched. */
  readonly outcome: 'completed' | 'already-completed' | 'would-complete' | 'not-begun' | 'refused';
  /** What was found before, with a verdict for each. */
  readonly findings: readonly CutoverFinding[];
  /** Rows of other tables that named a folded duplicate and name the row it was folded into now. */
  readonly repointed: number;
  /** Legacy tables that were dropped, by name. */
  readonly dropped: readonly string[];
}

/** What a completion found and did. */
export interface CompleteReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Whether nothing was changed, and this is what would be done. */
  readonly dryRun: boolean;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseCompletion[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

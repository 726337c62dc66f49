import type { CutoverFinding } from './cutover.js';
import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

export interface CompleteOptions extends TargetOptions, LockOptions {
  /** Also drop the legacy tables; wants a verified backup. Default false. */
  readonly dropLegacy?: boolean | undefined;
  /** Only look. Default false. */
  readonly dryRun?: boolean | undefined;
}

export interface PhaseCompletion {
  readonly phase: PhaseName;
  /** `not-begun`: nothing stops this phase, and another one is refused: no phase was touched. */
  readonly outcome: 'completed' | 'already-completed' | 'would-complete' | 'not-begun' | 'refused';
  readonly findings: readonly CutoverFinding[];
  /** Rows of other tables that named a folded duplicate and name the row it was folded into now. */
  readonly repointed: number;
  /** Legacy tables that were dropped, by name. */
  readonly dropped: readonly string[];
}

export interface CompleteReport {
  readonly database: string;
  readonly schema: string;
  readonly dryRun: boolean;
  readonly phases: readonly PhaseCompletion[];
  readonly seconds: number;
}

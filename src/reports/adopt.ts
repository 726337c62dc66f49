import type { CutoverFinding } from './cutover.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';
import type { PhaseVerification } from './verify.js';

/** The ledger of the whole database is adopted, whatever schemas it serves. */
export interface AdoptOptions
  extends Pick<TargetOptions, 'databaseUrl' | 'project' | 'signal' | 'onProgress'> {
  /** Only look. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Roles whose objects are taken over although others owned them in the original, beside the connected user. */
  readonly acceptOwners?: readonly string[] | undefined;
}

/** What is to be said about one thing of a copy. `again`: it was missing, and is made again. */
export interface AdoptFinding extends Omit<CutoverFinding, 'verdict'> {
  readonly verdict: 'again' | 'warned' | 'stops';
  readonly schema: string;
  readonly phase: PhaseName;
}

/** What was found of one phase. */
export interface PhaseAdoption {
  readonly schema: string;
  readonly phase: PhaseName;
  /** Things of the ledger that were found under the object ids that it remembers. */
  readonly asRemembered: number;
  /** Things that were found by name, definition and owner, and are remembered by their present object ids now. */
  readonly found: number;
  /** Legacy tables whose triggers were made again. */
  readonly captured: readonly string[];
  /** Null where there is nothing to compare, or nothing was compared. */
  readonly verification: PhaseVerification | null;
}

export interface AdoptReport {
  readonly database: string;
  readonly dryRun: boolean;
  readonly outcome: 'adopted' | 'would-adopt' | 'nothing-to-adopt' | 'refused';
  /** The database that the ledger was made or adopted in before; null where it is this one. */
  readonly copyOf: string | null;
  readonly phases: readonly PhaseAdoption[];
  readonly findings: readonly AdoptFinding[];
  readonly seconds: number;
}

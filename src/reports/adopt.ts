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
  /** `again`: it is made again; `warned`: a person should know; `stops`: it keeps the copy from being adopted. */
  readonly verdict: 'again' | 'warned' | 'stops';
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the phase. */
  readonly phase: PhaseName;
}

/** What was found of one phase. */
export interface PhaseAdoption {
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the phase. */
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

/** What became of a copy. */
export interface AdoptReport {
  /** Name of the database. */
  readonly database: string;
  /** Whether nothing was changed, and this is what would be done. */
  readonly dryRun: boolean;
  /** What became of the copy. */
  readonly outcome: 'adopted' | 'would-adopt' | 'nothing-to-adopt' | 'refused';
  /** The database that the ledger was made or adopted in before; null where it is this one. */
  readonly copyOf: string | null;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseAdoption[];
  /** What was found before, with a verdict for each. */
  readonly findings: readonly AdoptFinding[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

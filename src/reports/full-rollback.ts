import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

export interface FullRollbackOptions extends TargetOptions, LockOptions {
  /** The directory of the backup. */
  readonly from: string;
  /** Only say what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** A legacy table, and what it takes to have it as the backup has it. */
export interface PutBack {
  readonly schema: string;
  readonly table: string;
  /** `same`: it is as in the backup. `rows`: its rows are made those of the backup. `made`: it is gone, and is made again. */
  readonly outcome: 'same' | 'rows' | 'made';
  /** Rows before; 0 where it was gone. */
  readonly rowsBefore: number;
  /** Rows in the backup. */
  readonly rows: number;
}

export interface FullRollbackReport {
  readonly database: string;
  readonly schema: string;
  readonly dryRun: boolean;
  readonly directory: string;
  /** When the snapshot of the backup was taken: what was written since is gone. */
  readonly takenAt: string;
  readonly phases: readonly { readonly phase: PhaseName; readonly dropped: readonly string[] }[];
  readonly tables: readonly PutBack[];
  /** What was changed on the views under the old names since the cutover and goes over to the tables, in words: rights, comments, defaults. */
  readonly carried: readonly string[];
  /** What the catalog says of tables that were made again, and the backup does not. */
  readonly differences: readonly string[];
  /** Foreign keys that could not be validated, roles that are not known. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

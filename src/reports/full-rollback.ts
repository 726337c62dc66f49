import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

/** Options of `rollbackFully`. */
export interface FullRollbackOptions extends TargetOptions, LockOptions {
  /** The directory of the backup. */
  readonly from: string;
  /** Only say what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** A legacy table, and what it takes to have it as the backup has it. */
export interface PutBack {
  /** Schema of the tables. */
  readonly schema: string;
  /** Name of the table, without its schema. */
  readonly table: string;
  /** `same`: it is as in the backup. `rows`: its rows are made those of the backup. `made`: it is gone, and is made again. */
  readonly outcome: 'same' | 'rows' | 'made';
  /** Rows before; 0 where it was gone. */
  readonly rowsBefore: number;
  /** Rows in the backup. */
  readonly rows: number;
}

/** What a full rollback put back and dropped. */
export interface FullRollbackReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Whether nothing was changed, and this is what would be done. */
  readonly dryRun: boolean;
  /** The directory of the backup. */
  readonly directory: string;
  /** When the snapshot of the backup was taken: what was written since is gone. */
  readonly takenAt: string;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly {
    /** Name of the phase. */
    readonly phase: PhaseName;
    /** What was dropped, by name. */
    readonly dropped: readonly string[];
  }[];
  /** One entry for each table. */
  readonly tables: readonly PutBack[];
  /** What was changed on the views under the old names since the cutover and goes over to the tables, in words: rights, comments, defaults. */
  readonly carried: readonly string[];
  /** What the catalog says of tables that were made again, and the backup does not. */
  readonly differences: readonly string[];
  /** Foreign keys that could not be validated, roles that are not known. */
  readonly warnings: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

import type { Swap } from './cutover.js';
import type { LockOptions } from './lock-options.js';
import type { PhaseName } from './phase-name.js';
import type { TargetOptions } from './target.js';

/** Options of `rollback`. */
export interface RollbackOptions extends TargetOptions, LockOptions {
  /**
   * Drop what Drydock made for the phases although one of them was cut over, now or before; what is cut over gets its
   * names back first. Without it such phases are only taken back to the legacy tables, however often it is given.
   * Default false.
   */
  readonly drop?: boolean | undefined;
  /** Only say what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What a rollback did to a phase that was cut over: its tables have their names again. */
export interface Reverted {
  /** Null in a dry run. */
  readonly swap: Swap | null;
  /** Names that are tables again. */
  readonly tables: readonly string[];
  /** What was done to the views under the old names since the cutover, and goes over to the tables, in words. */
  readonly carried: readonly string[];
  /** What hangs on the tables and is not as it was before the cutover, in words; what was carried is among it. */
  readonly catalogDifferences: readonly string[];
}

/** What a rollback did of one phase. */
export interface PhaseRollback {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** What was dropped, by name. */
  readonly dropped: readonly string[];
  /** Null for a phase that was not cut over. */
  readonly reverted: Reverted | null;
  /** What Drydock made was left as it is, because a phase was cut over: `drop` is what drops it. */
  readonly kept: boolean;
}

/** What a rollback did. */
export interface RollbackReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Whether nothing was changed, and this is what would be done. */
  readonly dryRun: boolean;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseRollback[];
}

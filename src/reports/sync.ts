import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';

/** Options of `sync`. */
export interface SyncOptions extends TargetOptions {
  /** Go on until the signal comes. Other commands get their turn in between. Default false. */
  readonly follow?: boolean | undefined;
  /** Seconds between two looks at the queue when following. */
  readonly intervalSeconds?: number | undefined;
  /** Rows that may be put aside before the work stops. */
  readonly maxRejects?: number | undefined;
}

/** What was applied to one phase. */
export interface PhaseSync {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** Entries of the queue that were applied: rows that writers touched, and keys that an earlier phase changed. */
  readonly changes: number;
  /** Merge keys that were computed again for them. */
  readonly keys: number;
  /** Rows of our tables inserted, updated or deleted. */
  readonly rowsWritten: number;
  /** Batches that were loaded again, because a table was emptied by TRUNCATE or an earlier phase was loaded again. */
  readonly reloadedBatches: number;
  /** Entries in the queue at the end. */
  readonly backlog: number;
  /** The greatest age of a change when it was taken. */
  readonly lagSeconds: number;
  /** Seconds of work, waiting left out. */
  readonly seconds: number;
  /** Keys computed again in a second. */
  readonly keysPerSecond: number;
}

/** What was applied. */
export interface SyncReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** `caught-up`: a snapshot showed nothing more to apply. `stopped`: it followed until it was told to stop, or all was completed. */
  readonly outcome: 'caught-up' | 'stopped';
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseSync[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
  /** Most memory that the process had resident, in bytes. */
  readonly peakRssBytes: number;
}

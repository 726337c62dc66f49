import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';

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
  readonly phase: PhaseName;
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
  readonly keysPerSecond: number;
}

export interface SyncReport {
  readonly database: string;
  readonly schema: string;
  /** `caught-up`: a snapshot showed nothing more to apply. `stopped`: it followed until it was told to stop, or all was completed. */
  readonly outcome: 'caught-up' | 'stopped';
  readonly phases: readonly PhaseSync[];
  readonly seconds: number;
  readonly peakRssBytes: number;
}

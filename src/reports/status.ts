import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { ViewStatus } from './refresh.js';
import type { TargetOptions } from './target.js';

export interface StatusOptions extends TargetOptions {
  /** Also list every batch. */
  readonly batchList?: boolean | undefined;
}

export interface BatchStatus {
  readonly number: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly status: 'pending' | 'done';
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly folded: number;
  readonly rejected: number;
  readonly attempts: number;
  readonly finishedAt: string | null;
}

/** What is known of the changes of a phase's legacy tables. */
export interface CaptureStatus {
  /** Tables that report their changes. */
  readonly tables: readonly string[];
  /** When the last of them began to. */
  readonly since: string;
  /** Tables whose triggers are missing or switched off: nobody knows what is written to them. */
  readonly silent: readonly string[];
  /** Changes that are not applied yet. */
  readonly backlog: number;
  /** Age of the oldest of them, in seconds. */
  readonly lagSeconds: number;
}

export interface PhaseStatus {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly batches: { readonly total: number; readonly done: number; readonly size: number };
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly folded: number;
  readonly rejected: number;
  readonly lastRun: {
    readonly startedAt: string;
    readonly finishedAt: string | null;
    readonly outcome: string | null;
    readonly by: string;
  } | null;
  readonly lastVerification: { readonly at: string; readonly equal: boolean } | null;
  /** The newest backup that was read back, and where it was put. */
  readonly lastBackup: { readonly at: string; readonly directory: string; readonly host: string } | null;
  /** Null: changes are not captured. */
  readonly capture: CaptureStatus | null;
  readonly batchList: readonly BatchStatus[] | null;
  /** The materialized views of a phase that has some; others leave this out. */
  readonly views?: readonly ViewStatus[];
}

/** What is known of the database that this one is a copy of. */
export interface CopyOf {
  readonly database: string;
  /** Nothing works before `adopt`; a copy of the files (a template, a standby, a snapshot of the disk) needs none. */
  readonly needsAdoption: boolean;
}

export interface StatusReport {
  readonly database: string;
  readonly schema: string;
  /** The server is a standby: who is at work on the primary cannot be seen here. */
  readonly standby: boolean;
  /** The database that this one was copied from; null where the ledger was made or adopted here. */
  readonly copyOf: CopyOf | null;
  /** Who is at work on the schema at this moment; null: nobody, or, on a standby, not to be seen. */
  readonly running: Running | null;
  /** The newest entry of the journal. */
  readonly lastEvent: LedgerEvent | null;
  readonly phases: readonly PhaseStatus[];
}

/** The commands that change a schema's phases; one at a time is at work on a schema. */
export const COMMANDS = [
  'run',
  'sync',
  'cutover',
  'rollback',
  'complete',
  'restore',
  'refresh',
  'adopt',
] as const;
export type Command = (typeof COMMANDS)[number];

/** A command at work. */
export interface Running {
  /** Null where its session does not say. */
  readonly command: Command | null;
  readonly phases: readonly PhaseName[];
  /** `user@host (process 123)`, else the database's user. */
  readonly by: string;
  /** Null where the asking user may not see it. */
  readonly since: string | null;
  /** `halted`: the batches that were under way are finished, and no snapshot is held. */
  readonly paused: { readonly by: string; readonly since: string; readonly halted: boolean } | null;
  /** Legacy rows per second; null: no limit. */
  readonly maxRate: number | null;
}

export const EVENT_KINDS = [
  'started',
  'finished',
  'stopped',
  'failed',
  'paused',
  'resumed',
  'throttled',
  'backed-up',
  'captured',
  'synced',
  'cut-over',
  'reverted',
  'completed',
  'refreshed',
  'adopted',
] as const;

/** An entry of the journal that the ledger keeps. */
export interface LedgerEvent {
  readonly at: string;
  readonly kind: (typeof EVENT_KINDS)[number];
  /** Null for what concerns the whole run. */
  readonly phase: PhaseName | null;
  readonly by: string;
  /** The state that a run ended in, the code of what ended it early, the new rate. */
  readonly detail: string | null;
}

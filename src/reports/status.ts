import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { ViewStatus } from './refresh.js';
import type { TargetOptions } from './target.js';

/** Options of `status`. */
export interface StatusOptions extends TargetOptions {
  /** Also list every batch. */
  readonly batchList?: boolean | undefined;
}

/** A batch, as the ledger has it. */
export interface BatchStatus {
  /** Number of the batch, from 1. */
  readonly number: number;
  /** First key, included; null: the first of all. */
  readonly from: string | null;
  /** End of its keys, left out; null: the last of all. */
  readonly to: string | null;
  /** Whether it is loaded. */
  readonly status: 'pending' | 'done';
  /** Legacy rows read. */
  readonly rowsIn: number;
  /** Rows written to the unified table. */
  readonly rowsOut: number;
  /** Rows that were folded into another one and are kept whole beside it. */
  readonly folded: number;
  /** Rows that were put aside with their reason. */
  readonly rejected: number;
  /** How often it was loaded. */
  readonly attempts: number;
  /** When it ended: ISO 8601; null: it has not. */
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

/** A phase, as the ledger has it. */
export interface PhaseStatus {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** Batches of the phase. */
  readonly batches: {
    /** Number of all. */
    readonly total: number;
    /** Batches that are loaded. */
    readonly done: number;
    /** Legacy rows in a batch, about. */
    readonly size: number;
  };
  /** Legacy rows read. */
  readonly rowsIn: number;
  /** Rows written to the unified table. */
  readonly rowsOut: number;
  /** Rows that were folded into another one and are kept whole beside it. */
  readonly folded: number;
  /** Rows that were put aside with their reason. */
  readonly rejected: number;
  /** The last run; null: there was none. */
  readonly lastRun: {
    /** When it began: ISO 8601. */
    readonly startedAt: string;
    /** When it ended: ISO 8601; null: it has not. */
    readonly finishedAt: string | null;
    /** How it ended. */
    readonly outcome: string | null;
    /** Who did it: user, host and process, as the ledger has it. */
    readonly by: string;
  } | null;
  /** The last verification; null: there was none. */
  readonly lastVerification: {
    /** When it was: ISO 8601. */
    readonly at: string;
    /** Whether both sides are the same. */
    readonly equal: boolean;
  } | null;
  /** The newest backup that was read back, and where it was put. */
  readonly lastBackup: {
    /** When it was: ISO 8601. */
    readonly at: string;
    /** The directory of the backup. */
    readonly directory: string;
    /** Host that it was made on. */
    readonly host: string;
  } | null;
  /** Null: changes are not captured. */
  readonly capture: CaptureStatus | null;
  /** Each batch; null: not asked for. */
  readonly batchList: readonly BatchStatus[] | null;
  /** The materialized views of a phase that has some; others leave this out. */
  readonly views?: readonly ViewStatus[];
}

/** What is known of the database that this one is a copy of. */
export interface CopyOf {
  /** Name of the database that it was copied from. */
  readonly database: string;
  /** Nothing works before `adopt`; a copy of the files (a template, a standby, a snapshot of the disk) needs none. */
  readonly needsAdoption: boolean;
}

/** What the ledger says. */
export interface StatusReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** The server is a standby: who is at work on the primary cannot be seen here. */
  readonly standby: boolean;
  /** The database that this one was copied from; null where the ledger was made or adopted here. */
  readonly copyOf: CopyOf | null;
  /** Who is at work on the schema at this moment; null: nobody, or, on a standby, not to be seen. */
  readonly running: Running | null;
  /** The newest entry of the journal. */
  readonly lastEvent: LedgerEvent | null;
  /** One entry for each phase, in the order in which they run. */
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
/** A command that holds the lock of a schema. */
export type Command = (typeof COMMANDS)[number];

/** A command at work. */
export interface Running {
  /** Null where its session does not say. */
  readonly command: Command | null;
  /** Names of the phases that it works on. */
  readonly phases: readonly PhaseName[];
  /** `user@host (process 123)`, else the database's user. */
  readonly by: string;
  /** Null where the asking user may not see it. */
  readonly since: string | null;
  /** `halted`: the batches that were under way are finished, and no snapshot is held. */
  readonly paused: {
    /** Who did it: user, host and process, as the ledger has it. */
    readonly by: string;
    /** Since when: ISO 8601. */
    readonly since: string;
    /** Whether it stands still already. */
    readonly halted: boolean;
  } | null;
  /** Legacy rows per second; null: no limit. */
  readonly maxRate: number | null;
}

/** What the journal of the ledger has entries of. */
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
  /** When it was: ISO 8601. */
  readonly at: string;
  /** What happened. */
  readonly kind: (typeof EVENT_KINDS)[number];
  /** Null for what concerns the whole run. */
  readonly phase: PhaseName | null;
  /** Who did it: user, host and process, as the ledger has it. */
  readonly by: string;
  /** The state that a run ended in, the code of what ended it early, the new rate. */
  readonly detail: string | null;
}

/**
 * What the verbs take and give. Floor 1: types only, shared by the stages, the library and the command line.
 *
 * All row counts and byte counts are plain numbers (below 2^53); hashes are decimal or hex text.
 */

/** The phases, in the order in which they run. */
export const PHASES = ['opportunities', 'assessments'] as const;
export type PhaseName = (typeof PHASES)[number];

/** How to reach the database and where the tables live. */
export interface TargetOptions {
  /** Postgres URL; without it DATABASE_URL, else the PG* variables. */
  readonly databaseUrl?: string | undefined;
  /** Schema of the legacy tables, and of the unified ones. Default `public`. */
  readonly schema?: string | undefined;
  /** Schema of `app_opportunities`; default: `schema` if the table is there, else `public_staging`. */
  readonly appSchema?: string | undefined;
  /** Phases to work on; default: all, in order. */
  readonly phases?: readonly PhaseName[] | undefined;
  /** Stops the work cleanly; what is committed stays, the ledger says what is left. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
}

/** Which part of a phase's key space to work on. At most one of the three forms may be given. */
export interface RangeOptions {
  /** Batch numbers, both included. */
  readonly batches?: { readonly from: number; readonly to: number } | undefined;
  /** Half-open key range `[from, to)`; an open end is left out. Keys are uuids. */
  readonly keys?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined;
  /** Only keys with a legacy row created, reviewed or updated at or after this time (ISO 8601). */
  readonly since?: string | undefined;
}

export interface PlanOptions extends TargetOptions {
  readonly batchSize?: number | undefined;
  readonly concurrency?: number | undefined;
}

export interface RunOptions extends TargetOptions, RangeOptions {
  /** Legacy rows per batch. */
  readonly batchSize?: number | undefined;
  /** Lanes that load side by side. */
  readonly concurrency?: number | undefined;
  /** Rows that may be put aside before the run stops. */
  readonly maxRejects?: number | undefined;
  /** Legacy rows loaded per second at most, over all lanes; default: no limit. */
  readonly maxRate?: number | undefined;
  /** Rest between batches in proportion to the other work on the server. Default false. */
  readonly nice?: boolean | undefined;
}

export interface ThrottleOptions extends OrderOptions {
  /** Legacy rows per second; null: no limit, whatever the run was started with. */
  readonly maxRate: number | null;
}

/** Which run an order is for: the one at work on this schema. */
export type OrderOptions = Pick<TargetOptions, 'databaseUrl' | 'schema' | 'signal'>;

export interface VerifyOptions extends TargetOptions, RangeOptions {
  /** Also compare every row's text, and recompute every unified row, through a second route. */
  readonly strict?: boolean | undefined;
  /** Differences to list per table. */
  readonly limit?: number | undefined;
  /** Write the result into the ledger. */
  readonly record?: boolean | undefined;
}

export interface StatusOptions extends TargetOptions {
  /** Also list every batch. */
  readonly batchList?: boolean | undefined;
}

/** Defaults of every numeric option; help texts and documentation are made from it. */
export const DEFAULTS = {
  schema: 'public',
  batchSize: 10_000,
  concurrency: 2,
  maxRejects: 0,
  limit: 20,
} as const;

export type ProgressEvent =
  | { readonly type: 'phase'; readonly phase: PhaseName; readonly batches: number; readonly rows: number }
  | { readonly type: 'step'; readonly phase: PhaseName; readonly step: Step; readonly detail?: string }
  | {
      readonly type: 'batch';
      readonly phase: PhaseName;
      readonly batch: number;
      readonly rows: number;
      readonly doneBatches: number;
      readonly totalBatches: number;
      readonly doneRows: number;
      readonly totalRows: number;
    }
  | {
      /** A run at work does what it was told: it stands still, goes on, or goes on at another rate. */
      readonly type: 'order';
      readonly phase: PhaseName;
      readonly order: 'paused' | 'resumed' | 'throttled';
      readonly by: string;
      readonly at: string;
      readonly maxRate: number | null;
    }
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly message: string };

export type Step = 'plan' | 'tables' | 'load' | 'indexes' | 'views' | 'verify' | 'drop';

/** Something that keeps a run from starting. */
export interface Stop {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

export interface TablePlan {
  readonly table: string;
  readonly schema: string;
  /** `missing` is fine: that part is empty. */
  readonly shape: 'A' | 'B' | 'table' | 'dlt' | 'missing';
  readonly rows: number;
  readonly bytes: number;
  /** Columns that the design does not know; they are carried too. */
  readonly extraColumns: readonly string[];
}

export interface SourcePlan {
  readonly table: string;
  readonly rows: number;
  /** Distinct merge keys among these rows. */
  readonly keys: number;
  /** Rows beyond the first of their key: candidates for folding. */
  readonly duplicates: number;
  /** Rows whose submission (or opportunity) is not there. */
  readonly orphans: number;
}

export interface PhasePlan {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly sources: readonly SourcePlan[];
  /** How many merge keys have rows in exactly these tables. */
  readonly meetings: readonly { readonly tables: readonly string[]; readonly keys: number }[];
  readonly suspiciousScales: readonly {
    readonly table: string;
    readonly column: string;
    readonly max: string;
  }[];
  readonly unmapped: readonly {
    readonly table: string;
    readonly column: string;
    readonly value: string;
    readonly rows: number;
    readonly becomes: string;
  }[];
  /** Qualified names of tables and views that the run makes. */
  readonly creates: readonly string[];
  readonly batches: { readonly count: number; readonly size: number };
  readonly estimate: { readonly seconds: number; readonly bytes: number };
}

export interface PlanReport {
  readonly database: string;
  readonly server: string;
  readonly schema: string;
  readonly appSchema: string;
  readonly tables: readonly TablePlan[];
  readonly phases: readonly PhasePlan[];
  readonly warnings: readonly string[];
  readonly stops: readonly Stop[];
}

/**
 * `loading`: some batches are left, or are to be loaded again because an earlier phase changed what they stand on.
 * `loaded`: all are loaded, not verified. `different`: verification found differences.
 */
export type PhaseState = 'new' | 'loading' | 'loaded' | 'verified' | 'different';

/** Law 2: `source = primary + folded + rejected`, per legacy table. */
export interface Accounting {
  readonly table: string;
  readonly source: number;
  readonly primary: number;
  readonly folded: number;
  readonly rejected: number;
  readonly balanced: boolean;
}

export interface PhaseRun {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly accounting: readonly Accounting[];
  readonly unifiedTable: string;
  readonly unifiedRows: number;
  readonly foldedRows: number;
  readonly rejectedRows: number;
  readonly batches: {
    readonly total: number;
    readonly loaded: number;
    readonly alreadyDone: number;
    readonly size: number;
  };
  /** Legacy rows read by this run. */
  readonly rowsRead: number;
  /** Rows of our tables that this run inserted, updated or deleted. */
  readonly rowsWritten: number;
  /** `held`: the part of `load` that the run waited because of a rate, of other load, or of a pause. */
  readonly seconds: {
    readonly load: number;
    readonly held: number;
    readonly indexes: number;
    readonly verify: number;
  };
  readonly rowsPerSecond: number;
  /** Bytes of heap, TOAST and indexes. */
  readonly storage: { readonly legacyBytes: number; readonly unifiedBytes: number };
  readonly verification: PhaseVerification | null;
}

export interface RunReport {
  readonly database: string;
  readonly schema: string;
  /** `nothing-to-do`: every batch was loaded before; verification was run again all the same. */
  readonly outcome: 'done' | 'nothing-to-do' | 'different';
  readonly phases: readonly PhaseRun[];
  readonly warnings: readonly string[];
  readonly seconds: number;
  readonly peakRssBytes: number;
}

export interface SideHash {
  readonly rows: number;
  /** Two sums, one per seed, joined by a colon. */
  readonly hash: string;
}

export interface Difference {
  readonly table: string;
  readonly batch: number;
  readonly key: string;
  /** The row within its table, such as `id=…`. */
  readonly row: string;
  readonly kind: 'changed' | 'missing' | 'extra' | 'duplicated';
  /** `missing` and `extra` are seen from the unified side. Values as Postgres text; null is SQL NULL. */
  readonly columns: readonly {
    readonly column: string;
    readonly legacy: string | null;
    readonly unified: string | null;
  }[];
}

export interface TableVerification {
  readonly table: string;
  readonly view: string;
  readonly equal: boolean;
  readonly legacy: SideHash;
  readonly unified: SideHash;
  readonly differingBatches: readonly number[];
  readonly differences: readonly Difference[];
  /** True when `limit` cut the list. */
  readonly more: boolean;
}

export interface Invariant {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface PhaseVerification {
  readonly phase: PhaseName;
  readonly equal: boolean;
  readonly tables: readonly TableVerification[];
  readonly invariants: readonly Invariant[];
  readonly accounting: readonly Accounting[];
  readonly seconds: number;
}

export interface VerifyReport {
  readonly database: string;
  readonly schema: string;
  readonly equal: boolean;
  readonly strict: boolean;
  readonly phases: readonly PhaseVerification[];
  readonly seconds: number;
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
  readonly batchList: readonly BatchStatus[] | null;
}

export interface StatusReport {
  readonly database: string;
  readonly schema: string;
  /** Who is at work on the schema at this moment; null: nobody. */
  readonly running: Running | null;
  /** The newest entry of the journal. */
  readonly lastEvent: LedgerEvent | null;
  readonly phases: readonly PhaseStatus[];
}

/** A run or a rollback at work. */
export interface Running {
  /** Null where its session does not say. */
  readonly command: 'run' | 'rollback' | null;
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

/** An entry of the journal that the ledger keeps. */
export interface LedgerEvent {
  readonly at: string;
  readonly kind: 'started' | 'finished' | 'stopped' | 'failed' | 'paused' | 'resumed' | 'throttled';
  /** Null for what concerns the whole run. */
  readonly phase: PhaseName | null;
  readonly by: string;
  /** The state that a run ended in, the code of what ended it early, the new rate. */
  readonly detail: string | null;
}

/** What an order did to the run at work. */
export interface OrderReport {
  readonly database: string;
  readonly schema: string;
  readonly order: 'pause' | 'resume' | 'throttle';
  /** False: the run had been told so already. */
  readonly changed: boolean;
  /** The run as it has been told now. */
  readonly run: Running;
}

export interface RollbackReport {
  readonly database: string;
  readonly schema: string;
  readonly phases: readonly { readonly phase: PhaseName; readonly dropped: readonly string[] }[];
}

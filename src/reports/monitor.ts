import type { DrydockError } from '../errors.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { LedgerEvent, Running } from './status.js';
import type { TargetOptions } from './target.js';
import type { SideHash } from './verify.js';

/** The groups of figures that a check reads; each may be unknown without the others. */
export const FIGURES = [
  'progress',
  'capture',
  'old-names',
  'locks',
  'transactions',
  'connections',
  'cache',
  'tables',
  'wal',
  'replicas',
  'disk',
  'machine',
  'queries',
] as const;
export type Figure = (typeof FIGURES)[number];

/** What could not be read, wholly or in part. Where it belongs there is null, never a zero. */
export interface Unknown {
  readonly figure: Figure;
  readonly why: string;
  readonly next: string;
}

export interface PhaseProgress {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  /** `reopened`: loaded once, and pending again. */
  readonly batches: {
    readonly total: number;
    readonly done: number;
    readonly reopened: number;
    readonly size: number;
  };
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly folded: number;
  readonly rejected: number;
  /** Legacy rows of the newest batches, and the seconds since the one before them; null: no batch is loaded yet. */
  readonly recent: { readonly rows: number; readonly seconds: number } | null;
  /** Since the newest batch was loaded. */
  readonly idleSeconds: number | null;
  readonly run: {
    readonly startedAt: string;
    readonly startedSecondsAgo: number;
    /** Null: it is at work, or was killed. */
    readonly finishedAt: string | null;
    readonly outcome: string | null;
    /** How it ended: `failed` and `stopped` are early ends. */
    readonly ended: 'finished' | 'stopped' | 'failed' | null;
    readonly by: string;
  } | null;
  readonly verification: {
    readonly at: string;
    readonly equal: boolean;
    readonly strict: boolean;
    readonly tables: readonly VerifiedTable[];
  } | null;
}

/** One legacy table and its view, as they were when they were last compared. */
export interface VerifiedTable {
  readonly table: string;
  readonly equal: boolean;
  readonly legacy: SideHash;
  readonly unified: SideHash;
  readonly differingBatches: readonly number[];
}

export interface Progress {
  readonly running: Running | null;
  readonly lastEvent: LedgerEvent | null;
  readonly phases: readonly PhaseProgress[];
  /** A letter for each batch, by phase, in the order of their numbers; only where it was asked for. */
  readonly maps: readonly BatchMap[];
}

/** What a letter in a map of batches means. */
export const BATCH_MARKS = {
  '.': 'pending',
  '#': 'loaded',
  '!': 'loaded, with rejects',
  r: 'to be loaded again',
  x: 'different',
} as const;
export type BatchMark = keyof typeof BATCH_MARKS;

export interface BatchMap {
  readonly phase: PhaseName;
  readonly first: number;
  readonly marks: string;
}

/** A session as others may be told of it; never its statement, which may hold row data. */
export interface Client {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly state: string | null;
  /** How long its transaction is open. */
  readonly transactionSeconds: number | null;
}

/** A session that waits for a lock, and who is in its way. */
export interface LockWait {
  readonly waiter: Client;
  readonly seconds: number | null;
  readonly mode: string;
  /** The relation where it is one of this database, else the kind of lock. */
  readonly object: string;
  readonly heldBy: readonly Client[];
}

/** Changes that triggers caught and that are not applied yet. */
export interface CaptureFigures {
  /** Whether a sync is connected, at work or waiting for its turn. */
  readonly followed: boolean;
  readonly backlog: number;
  /** Age of the oldest change that waits; null: none waits. */
  readonly lagSeconds: number | null;
  /** Tables whose triggers are gone, switched off or others: what is written to them nobody learns. */
  readonly silent: readonly string[];
}

export interface Slot {
  readonly name: string;
  readonly active: boolean;
  readonly retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string | null;
}

export interface Replica {
  readonly name: string;
  readonly lagSeconds: number | null;
  readonly lagBytes: number | null;
}

export interface TableRows {
  readonly table: string;
  readonly live: number;
  readonly dead: number;
  readonly lastVacuum: string | null;
}

/** The time of one of the watched queries. */
export interface QueryTime {
  readonly name: string;
  /** Median of a few executions. */
  readonly ms: number;
  /** Null while it is being learnt. */
  readonly baselineMs: number | null;
}

/** A view under an old name that was changed since the cutover, and how. */
export interface ChangedOldName {
  readonly name: string;
  readonly changes: readonly string[];
}

/** All that one check read, at one time. Pure data. */
export interface Sample {
  /** The server's clock. */
  readonly at: string;
  readonly database: string;
  readonly schema: string;
  readonly server: string;
  /** The server is a standby: who is at work on the primary cannot be seen here. */
  readonly standby: boolean;
  readonly progress: Progress | null;
  /** Null also where nothing is captured. */
  readonly capture: CaptureFigures | null;
  /** Views under old names that a rollback refuses to take back; null also where there is no ledger. */
  readonly oldNames: readonly ChangedOldName[] | null;
  readonly locks: readonly LockWait[] | null;
  readonly transactions: { readonly longest: Client | null; readonly prepared: number } | null;
  readonly connections: { readonly used: number; readonly max: number } | null;
  /** Blocks of this database since its statistics began: found in memory, and not. */
  readonly cache: { readonly hits: number; readonly reads: number } | null;
  /** Tables of the schema with the most dead rows. */
  readonly tables: readonly TableRows[] | null;
  readonly wal: {
    /** Position, in bytes since the beginning. */
    readonly position: number;
    readonly directoryBytes: number | null;
    readonly slots: readonly Slot[];
  } | null;
  readonly replicas: readonly Replica[] | null;
  readonly disk: {
    readonly databaseBytes: number | null;
    /** Of the file system that the server's data are on; null where that is not this machine's. */
    readonly volume: { readonly totalBytes: number; readonly freeBytes: number } | null;
  } | null;
  /** The machine that the monitor runs on. Shares of 1. */
  readonly machine: { readonly cpu: number; readonly memory: number; readonly cores: number } | null;
  readonly queries: readonly QueryTime[] | null;
  readonly unknown: readonly Unknown[];
}

/** What follows from a sample and from those before it. Null: not known (yet). */
export interface Rates {
  readonly phases: readonly {
    readonly phase: PhaseName;
    readonly rowsPerSecond: number | null;
    readonly rowsLeft: number;
    readonly secondsLeft: number | null;
  }[];
  readonly walBytesPerSecond: number | null;
  /** Since the check before; at the first one, since the statistics began. */
  readonly cacheHitRatio: number | null;
  /** Positive: more is written than is applied. */
  readonly backlogPerSecond: number | null;
}

export const ALERT_CODES = [
  'unreachable',
  'run-failed',
  'run-gone',
  'stalled',
  'different',
  'rejects',
  'capture-silent',
  'old-name-changed',
  'lag-growing',
  'lag',
  'long-transaction',
  'lock-wait',
  'slow-query',
  'connections',
  'cpu',
  'memory',
  'disk',
  'slot',
  'replica-lag',
] as const;
export type AlertCode = (typeof ALERT_CODES)[number];
export type Severity = 'warning' | 'critical';

/** What a rule found. */
export interface Finding {
  readonly code: AlertCode;
  /** Which one, where there can be several: a phase, a query, a slot. */
  readonly subject: string | null;
  readonly severity: Severity;
  readonly reason: string;
  readonly next: string;
}

/** A finding that has stood for long enough. */
export interface Alert extends Finding {
  readonly since: string;
}

export interface AlertChange {
  /** `changed`: another severity. */
  readonly change: 'fired' | 'changed' | 'cleared';
  readonly at: string;
  readonly alert: Alert;
}

/** One check. */
export interface MonitorReport {
  readonly at: string;
  /** Null when the database could not be reached. */
  readonly sample: Sample | null;
  readonly rates: Rates | null;
  /** Why it could not be reached. */
  readonly error: Pick<DrydockError, 'code' | 'message' | 'state' | 'next' | 'retry'> | null;
  /** Those that stand. */
  readonly alerts: readonly Alert[];
  /** What changed since the check before. */
  readonly changes: readonly AlertChange[];
}

export interface MonitorOptions
  extends Pick<TargetOptions, 'databaseUrl' | 'project' | 'schema' | 'signal' | 'onProgress'> {
  readonly config?: MonitorConfig | undefined;
  /** Checks until it ends; default: for ever. */
  readonly checks?: number | undefined;
  readonly intervalSeconds?: number | undefined;
  /** A file that remembers baselines and alerts from one invocation to the next. */
  readonly stateFile?: string | undefined;
  /** Also read the state of every batch. */
  readonly batchMaps?: boolean | undefined;
}

/** When an alert fires. Every number in the config file is one of these. */
export interface Thresholds {
  readonly transactionMinutes: number;
  readonly lockWaitSeconds: number;
  readonly stalledMinutes: number;
  readonly lagSeconds: number;
  readonly lagGrowingChecks: number;
  readonly queryWarningPercent: number;
  readonly queryCriticalPercent: number;
  readonly queryLeastMs: number;
  readonly connectionsPercent: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  readonly diskPercent: number;
  readonly slotMegabytes: number;
  readonly replicaLagSeconds: number;
}

/** A statement whose time is watched. It runs in a read-only transaction. */
export interface WatchedQuery {
  readonly name: string;
  readonly sql: string;
  /** Without it, the first checks are the baseline. */
  readonly baselineMs?: number | undefined;
}

export interface WebhookConfig {
  readonly url: string;
  /** Environment variable that holds the secret. */
  readonly secretEnv?: string | undefined;
  /** File that holds the secret; wins. */
  readonly secretFile?: string | undefined;
  readonly timeoutSeconds: number;
  readonly attempts: number;
}

/** The page of `--web`. */
export interface WebConfig {
  /** File that holds the token that visitors need; else the environment may hold one. */
  readonly tokenFile: string | null;
  /** Names that the page is reached by, beside addresses and localhost. */
  readonly hosts: readonly string[];
}

export interface MonitorConfig {
  readonly thresholds: Thresholds;
  readonly queries: readonly WatchedQuery[];
  readonly webhook: WebhookConfig | null;
  readonly web: WebConfig;
  /** The server's data directory on this machine, where it cannot be found out. */
  readonly dataDirectory: string | null;
}

/** What a config file may say of the monitor; every part may be left out. */
export interface MonitorSettings {
  readonly thresholds?: Partial<Thresholds> | undefined;
  readonly queries?: readonly WatchedQuery[] | undefined;
  readonly webhook?: (Pick<WebhookConfig, 'url'> & Partial<WebhookConfig>) | null | undefined;
  readonly web?: Partial<WebConfig> | undefined;
  readonly dataDirectory?: string | null | undefined;
}

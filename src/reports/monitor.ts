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
/** A figure that may be unknown. */
export type Figure = (typeof FIGURES)[number];

/** What could not be read, wholly or in part. Where it belongs there is null, never a zero. */
export interface Unknown {
  /** The figure that is not known. */
  readonly figure: Figure;
  /** The reason, in a sentence. */
  readonly why: string;
  /** What to do: a command or an action. */
  readonly next: string;
}

/** How far a phase is. */
export interface PhaseProgress {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** `reopened`: loaded once, and pending again. */
  readonly batches: {
    /** Number of all. */
    readonly total: number;
    /** Batches that are loaded. */
    readonly done: number;
    /** Batches that were loaded and wait to be loaded again. */
    readonly reopened: number;
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
  /** Legacy rows of the newest batches, and the seconds since the one before them; null: no batch is loaded yet. */
  readonly recent: {
    /** Number of rows. */
    readonly rows: number;
    /** In how many seconds. */
    readonly seconds: number;
  } | null;
  /** Since the newest batch was loaded. */
  readonly idleSeconds: number | null;
  /** The last run; null: there was none. */
  readonly run: {
    /** When it began: ISO 8601. */
    readonly startedAt: string;
    /** How long ago it began, in seconds. */
    readonly startedSecondsAgo: number;
    /** Null: it is at work, or was killed. */
    readonly finishedAt: string | null;
    /** How it ended. */
    readonly outcome: string | null;
    /** How it ended: `failed` and `stopped` are early ends. */
    readonly ended: 'finished' | 'stopped' | 'failed' | null;
    /** Who did it: user, host and process, as the ledger has it. */
    readonly by: string;
  } | null;
  /** The last verification; null: there was none. */
  readonly verification: {
    /** When it was: ISO 8601. */
    readonly at: string;
    /** Whether both sides are the same. */
    readonly equal: boolean;
    /** Whether every row was computed again as well. */
    readonly strict: boolean;
    /** One entry for each table. */
    readonly tables: readonly VerifiedTable[];
  } | null;
}

/** One legacy table and its view, as they were when they were last compared. */
export interface VerifiedTable {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Whether both sides are the same. */
  readonly equal: boolean;
  /** Of the legacy side. */
  readonly legacy: SideHash;
  /** Of the unified side. */
  readonly unified: SideHash;
  /** Numbers of the batches in which the sides differ. */
  readonly differingBatches: readonly number[];
}

/** What the ledger says of the work. */
export interface Progress {
  /** Who is at work; null: nobody is. */
  readonly running: Running | null;
  /** The last entry of the journal; null: there is none. */
  readonly lastEvent: LedgerEvent | null;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseProgress[];
  /** A letter for each batch, by phase, in the order of their numbers; only where it was asked for. */
  readonly maps: readonly BatchMap[];
}

/** What a letter in a map of batches means. */
export const BATCH_MARKS = {
  /** Not loaded yet. */
  '.': 'pending',
  /** Loaded. */
  '#': 'loaded',
  /** Loaded, with rows that were put aside. */
  '!': 'loaded, with rejects',
  /** Loaded, and to be loaded again. */
  r: 'to be loaded again',
  /** Found to differ by the last verification. */
  x: 'different',
} as const;
/** What a batch is drawn as. */
export type BatchMark = keyof typeof BATCH_MARKS;

/** How far each batch of a phase is, in a character each. */
export interface BatchMap {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** Number of the first batch. */
  readonly first: number;
  /** A character for each batch. */
  readonly marks: string;
}

/** A session as others may be told of it; never its statement, which may hold row data. */
export interface Client {
  /** Process id of its backend. */
  readonly pid: number;
  /** Its role; null: not to be seen. */
  readonly user: string | null;
  /** Its application name; null: not to be seen. */
  readonly application: string | null;
  /** What it is doing, as `pg_stat_activity` has it; null: not to be seen. */
  readonly state: string | null;
  /** How long its transaction is open. */
  readonly transactionSeconds: number | null;
}

/** A session that waits for a lock, and who is in its way. */
export interface LockWait {
  /** Who waits. */
  readonly waiter: Client;
  /** For how long, in seconds; null: not to be seen. */
  readonly seconds: number | null;
  /** The lock that is waited for. */
  readonly mode: string;
  /** The relation where it is one of this database, else the kind of lock. */
  readonly object: string;
  /** Who has it. */
  readonly heldBy: readonly Client[];
}

/** Changes that triggers caught and that are not applied yet. */
export interface CaptureFigures {
  /** Whether a sync is connected, at work or waiting for its turn. */
  readonly followed: boolean;
  /** Changes that are not applied yet. */
  readonly backlog: number;
  /** Age of the oldest change that waits; null: none waits. */
  readonly lagSeconds: number | null;
  /** Tables whose triggers are gone, switched off or others: what is written to them nobody learns. */
  readonly silent: readonly string[];
}

/** A replication slot. */
export interface Slot {
  /** Its name. */
  readonly name: string;
  /** Whether somebody reads from it. */
  readonly active: boolean;
  /** Bytes of WAL that it keeps; null: not to be seen. */
  readonly retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string | null;
}

/** A replica. */
export interface Replica {
  /** Its name. */
  readonly name: string;
  /** How far it is behind, in seconds; null: not to be seen. */
  readonly lagSeconds: number | null;
  /** How far it is behind, in bytes; null: not to be seen. */
  readonly lagBytes: number | null;
}

/** Rows of a table, by the estimates of the server. */
export interface TableRows {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Rows, by the estimate of the server. */
  readonly live: number;
  /** Row versions that vacuum has not taken away yet. */
  readonly dead: number;
  /** When vacuum was there last: ISO 8601; null: never. */
  readonly lastVacuum: string | null;
}

/** The time of one of the watched queries. */
export interface QueryTime {
  /** Its name. */
  readonly name: string;
  /** Median of a few executions. */
  readonly ms: number;
  /** Null while it is being learnt. */
  readonly baselineMs: number | null;
}

/** A view under an old name that was changed since the cutover, and how. */
export interface ChangedOldName {
  /** Its name. */
  readonly name: string;
  /** What was changed, in words. */
  readonly changes: readonly string[];
}

/** All that one check read, at one time. Pure data. */
export interface Sample {
  /** The server's clock. */
  readonly at: string;
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Version of the server, such as `18.4`. */
  readonly server: string;
  /** The server is a standby: who is at work on the primary cannot be seen here. */
  readonly standby: boolean;
  /** What the ledger says; null: not to be seen. */
  readonly progress: Progress | null;
  /** Null also where nothing is captured. */
  readonly capture: CaptureFigures | null;
  /** Views under old names that a rollback refuses to take back; null also where there is no ledger. */
  readonly oldNames: readonly ChangedOldName[] | null;
  /** Who waits for whom; null: not to be seen. */
  readonly locks: readonly LockWait[] | null;
  /** Long transactions; null: not to be seen. */
  readonly transactions: {
    /** The oldest one; null: there is none. */
    readonly longest: Client | null;
    /** Prepared transactions. */
    readonly prepared: number;
  } | null;
  /** Connections of the server. */
  readonly connections: {
    /** Those that are taken. */
    readonly used: number;
    /** Those that it takes. */
    readonly max: number;
  } | null;
  /** Blocks of this database since its statistics began: found in memory, and not. */
  readonly cache: {
    /** Pages found in shared buffers. */
    readonly hits: number;
    /** Pages read from elsewhere. */
    readonly reads: number;
  } | null;
  /** Tables of the schema with the most dead rows. */
  readonly tables: readonly TableRows[] | null;
  /** The write-ahead log. */
  readonly wal: {
    /** Position, in bytes since the beginning. */
    readonly position: number;
    /** Bytes of its directory; null: not to be seen. */
    readonly directoryBytes: number | null;
    /** Replication slots. */
    readonly slots: readonly Slot[];
  } | null;
  /** Replicas; null: not to be seen. */
  readonly replicas: readonly Replica[] | null;
  /** Space. */
  readonly disk: {
    /** Bytes of the database; null: not to be seen. */
    readonly databaseBytes: number | null;
    /** Of the file system that the server's data are on; null where that is not this machine's. */
    readonly volume: {
      /** Bytes that it holds. */
      readonly totalBytes: number;
      /** Bytes that are free. */
      readonly freeBytes: number;
    } | null;
  } | null;
  /** The machine that the monitor runs on. Shares of 1. */
  readonly machine: {
    /** Share of its processors that is busy, from 0 to 1. */
    readonly cpu: number;
    /** Share of its memory that is taken, from 0 to 1. */
    readonly memory: number;
    /** Its processors. */
    readonly cores: number;
  } | null;
  /** Watched queries with their times; null: none is watched. */
  readonly queries: readonly QueryTime[] | null;
  /** Figures that are not known, each with the reason. */
  readonly unknown: readonly Unknown[];
}

/** What follows from a sample and from those before it. Null: not known (yet). */
export interface Rates {
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly {
    /** Name of the phase. */
    readonly phase: PhaseName;
    /** Legacy rows loaded in a second; null: not known yet. */
    readonly rowsPerSecond: number | null;
    /** Legacy rows that are still to be loaded. */
    readonly rowsLeft: number;
    /** Time to the end at this rate, in seconds; null: not known. */
    readonly secondsLeft: number | null;
  }[];
  /** Bytes of WAL written in a second; null: not known yet. */
  readonly walBytesPerSecond: number | null;
  /** Since the check before; at the first one, since the statistics began. */
  readonly cacheHitRatio: number | null;
  /** Positive: more is written than is applied. */
  readonly backlogPerSecond: number | null;
}

/** Every kind of alert. */
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
/** A kind of alert. */
export type AlertCode = (typeof ALERT_CODES)[number];
/** How bad a finding is. */
export type Severity = 'warning' | 'critical';

/** What a rule found. */
export interface Finding {
  /** The kind of it; docs/errors.md lists the codes of errors. */
  readonly code: AlertCode;
  /** Which one, where there can be several: a phase, a query, a slot. */
  readonly subject: string | null;
  /** How bad it is. */
  readonly severity: Severity;
  /** The reason, in a sentence. */
  readonly reason: string;
  /** What to do: a command or an action. */
  readonly next: string;
}

/** A finding that has stood for long enough. */
export interface Alert extends Finding {
  /** Since when: ISO 8601. */
  readonly since: string;
}

/** An alert that came, changed or went. */
export interface AlertChange {
  /** `changed`: another severity. */
  readonly change: 'fired' | 'changed' | 'cleared';
  /** When it was: ISO 8601. */
  readonly at: string;
  /** The alert that came, changed or went. */
  readonly alert: Alert;
}

/** One check. */
export interface MonitorReport {
  /** When it was: ISO 8601. */
  readonly at: string;
  /** Null when the database could not be reached. */
  readonly sample: Sample | null;
  /** What changed since the last look; null: there was none. */
  readonly rates: Rates | null;
  /** Why it could not be reached. */
  readonly error: Pick<DrydockError, 'code' | 'message' | 'state' | 'next' | 'retry'> | null;
  /** Those that stand. */
  readonly alerts: readonly Alert[];
  /** What changed since the check before. */
  readonly changes: readonly AlertChange[];
}

/** Options of `monitor`. */
export interface MonitorOptions
  extends Pick<TargetOptions, 'databaseUrl' | 'project' | 'schema' | 'signal' | 'onProgress'> {
  /** Thresholds, watched queries and sinks; default: none beside the thresholds that there are. */
  readonly config?: MonitorConfig | undefined;
  /** Checks until it ends; default: for ever. */
  readonly checks?: number | undefined;
  /** Time from one look to the next, in seconds. */
  readonly intervalSeconds?: number | undefined;
  /** A file that remembers baselines and alerts from one invocation to the next. */
  readonly stateFile?: string | undefined;
  /** Also read the state of every batch. */
  readonly batchMaps?: boolean | undefined;
}

/** When an alert fires. Every number in the config file is one of these. */
export interface Thresholds {
  /** Age of a transaction, in minutes. */
  readonly transactionMinutes: number;
  /** Time that somebody waits for a lock, in seconds. */
  readonly lockWaitSeconds: number;
  /** Time in which a run loads nothing, in minutes. */
  readonly stalledMinutes: number;
  /** Age of the oldest change that is not applied, in seconds. */
  readonly lagSeconds: number;
  /** Looks in a row in which the backlog grew. */
  readonly lagGrowingChecks: number;
  /** How much slower a watched query is than it was, in percent, for a warning. */
  readonly queryWarningPercent: number;
  /** The same for a critical alert. */
  readonly queryCriticalPercent: number;
  /** Queries that take less are not judged, in milliseconds. */
  readonly queryLeastMs: number;
  /** Connections that are taken, in percent. */
  readonly connectionsPercent: number;
  /** Processors that are busy, in percent. */
  readonly cpuPercent: number;
  /** Memory that is taken, in percent. */
  readonly memoryPercent: number;
  /** Space that is taken, in percent. */
  readonly diskPercent: number;
  /** WAL that a slot keeps, in megabytes. */
  readonly slotMegabytes: number;
  /** How far a replica is behind, in seconds. */
  readonly replicaLagSeconds: number;
}

/** A statement whose time is watched. It runs in a read-only transaction. */
export interface WatchedQuery {
  /** Its name. */
  readonly name: string;
  /** The query. */
  readonly sql: string;
  /** Without it, the first checks are the baseline. */
  readonly baselineMs?: number | undefined;
}

/** Where alerts are posted to. */
export interface WebhookConfig {
  /** Address that alerts are posted to. */
  readonly url: string;
  /** Environment variable that holds the secret. */
  readonly secretEnv?: string | undefined;
  /** File that holds the secret; wins. */
  readonly secretFile?: string | undefined;
  /** Time that it has to answer, in seconds. */
  readonly timeoutSeconds: number;
  /** How often an alert is posted until it is taken. */
  readonly attempts: number;
}

/** The page of `--web`. */
export interface WebConfig {
  /** File that holds the token that visitors need; else the environment may hold one. */
  readonly tokenFile: string | null;
  /** Names that the page is reached by, beside addresses and localhost. */
  readonly hosts: readonly string[];
}

/** What the monitor goes by, with all defaults filled in. */
export interface MonitorConfig {
  /** From which value on each figure is a warning. */
  readonly thresholds: Thresholds;
  /** Queries that are timed at each look. */
  readonly queries: readonly WatchedQuery[];
  /** Where alerts are sent to; null: nowhere. */
  readonly webhook: WebhookConfig | null;
  /** The page of the monitor. */
  readonly web: WebConfig;
  /** The server's data directory on this machine, where it cannot be found out. */
  readonly dataDirectory: string | null;
}

/** What a config file may say of the monitor; every part may be left out. */
export interface MonitorSettings {
  /** From which value on each figure is a warning. */
  readonly thresholds?: Partial<Thresholds> | undefined;
  /** Queries that are timed at each look. */
  readonly queries?: readonly WatchedQuery[] | undefined;
  /** Where alerts are sent to; null: nowhere. */
  readonly webhook?: (Pick<WebhookConfig, 'url'> & Partial<WebhookConfig>) | null | undefined;
  /** The page of the monitor. */
  readonly web?: Partial<WebConfig> | undefined;
  /** Directory of the server, where it is on this machine: for its space. */
  readonly dataDirectory?: string | null | undefined;
}

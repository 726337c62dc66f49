import type { Accounting } from './accounting.js';
import type { BenchReport } from './bench.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { RunReport } from './run.js';
import type { LedgerEvent } from './status.js';
import type { TargetOptions } from './target.js';
import type { SideHash } from './verify.js';

/** Options of `report`. */
export interface ReportOptions extends Omit<TargetOptions, 'phases'> {
  /** What was measured before and after; without it the report has no such part. */
  readonly bench?: BenchReport | undefined;
  /** What the run of this moment said, which the ledger does not keep: warnings, and what it waited for. */
  readonly run?: RunReport | undefined;
}

/** A batch, with its times in milliseconds since 1970. */
export interface BatchStory {
  /** Number of the batch, from 1. */
  readonly number: number;
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
  /** When it began: ISO 8601. */
  readonly startedAt: number | null;
  /** When it ended: ISO 8601; null: it has not. */
  readonly finishedAt: number | null;
}

/** A run, as the ledger remembers it. */
export interface RunStory {
  /** When it began: ISO 8601. */
  readonly startedAt: number;
  /** Null while it is at work, and after it was killed. */
  readonly finishedAt: number | null;
  /** How it ended. */
  readonly outcome: string | null;
  /** Who did it: user, host and process, as the ledger has it. */
  readonly by: string;
}

/** A verification, as the ledger remembers it. */
export interface VerificationStory {
  /** When it was: ISO 8601. */
  readonly at: number;
  /** Whether both sides are the same. */
  readonly equal: boolean;
  /** Whether every row was computed again as well. */
  readonly strict: boolean;
  /** One entry for each table. */
  readonly tables: readonly {
    /** Name of the table, without its schema. */
    readonly table: string;
    /** Whether both sides are the same. */
    readonly equal: boolean;
    /** Of the legacy side. */
    readonly legacy: SideHash;
    /** Of the unified side. */
    readonly unified: SideHash;
  }[];
}

/** What the ledger knows of a phase. */
export interface PhaseStory {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** Legacy rows in a batch, about. */
  readonly batchSize: number;
  /** Tables of ours: one row per thing, and the rows that are kept whole beside it. Null for a phase that merges none. */
  readonly tables: {
    /** Name of the unified table. */
    readonly unified: string;
    /** Name of the table of folded rows. */
    readonly folded: string;
  } | null;
  /** Where each row of each table went: law 2. */
  readonly accounting: readonly Accounting[];
  /** Rows that were put aside, by reason. */
  readonly rejects: readonly {
    /** The legacy table. */
    readonly source: string;
    /** The reason, in a sentence. */
    readonly reason: string;
    /** Number of rows. */
    readonly rows: number;
  }[];
  /** One entry for each batch. */
  readonly batches: readonly BatchStory[];
  /** One entry for each run. */
  readonly runs: readonly RunStory[];
  /** The newest one that is in the ledger. */
  readonly verification: VerificationStory | null;
  /** Bytes of heap, TOAST and indexes, now. Null where a table is gone. */
  readonly storage: {
    /** Bytes of the legacy tables, indexes included. */
    readonly legacyBytes: number;
    /** Bytes of the unified tables, indexes included. */
    readonly unifiedBytes: number;
  } | null;
}

/** All that a report shows. */
export interface MigrationReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Version of the server, such as `18.4`. */
  readonly server: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** Versions of what took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Settings of the server that bear on the result, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseStory[];
  /** The newest entries of the journal, oldest first. */
  readonly events: readonly LedgerEvent[];
  /** What a person should know, in sentences. */
  readonly warnings: readonly string[];
  /** A benchmark that was saved; null: none. */
  readonly bench: BenchReport | null;
}

/** A report, and the page that shows it. */
export interface ReportResult {
  /** What is in the page. */
  readonly report: MigrationReport;
  /** One self-contained HTML document. */
  readonly html: string;
}

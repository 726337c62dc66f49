import type { Accounting } from './accounting.js';
import type { BenchReport } from './bench.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { RunReport } from './run.js';
import type { LedgerEvent } from './status.js';
import type { TargetOptions } from './target.js';
import type { SideHash } from './verify.js';

export interface ReportOptions extends Omit<TargetOptions, 'phases'> {
  /** What was measured before and after; without it the report has no such part. */
  readonly bench?: BenchReport | undefined;
  /** What the run of this moment said, which the ledger does not keep: warnings, and what it waited for. */
  readonly run?: RunReport | undefined;
}

/** A batch, with its times in milliseconds since 1970. */
export interface BatchStory {
  readonly number: number;
  readonly status: 'pending' | 'done';
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly folded: number;
  readonly rejected: number;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface RunStory {
  readonly startedAt: number;
  /** Null while it is at work, and after it was killed. */
  readonly finishedAt: number | null;
  readonly outcome: string | null;
  readonly by: string;
}

export interface VerificationStory {
  readonly at: number;
  readonly equal: boolean;
  readonly strict: boolean;
  readonly tables: readonly {
    readonly table: string;
    readonly equal: boolean;
    readonly legacy: SideHash;
    readonly unified: SideHash;
  }[];
}

/** What the ledger knows of a phase. */
export interface PhaseStory {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly batchSize: number;
  /** Tables of ours: one row per thing, and the rows that are kept whole beside it. Null for a phase that merges none. */
  readonly tables: { readonly unified: string; readonly folded: string } | null;
  readonly accounting: readonly Accounting[];
  readonly rejects: readonly { readonly source: string; readonly reason: string; readonly rows: number }[];
  readonly batches: readonly BatchStory[];
  readonly runs: readonly RunStory[];
  /** The newest one that is in the ledger. */
  readonly verification: VerificationStory | null;
  /** Bytes of heap, TOAST and indexes, now. Null where a table is gone. */
  readonly storage: { readonly legacyBytes: number; readonly unifiedBytes: number } | null;
}

/** All that a report shows. */
export interface MigrationReport {
  readonly database: string;
  readonly schema: string;
  readonly server: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly phases: readonly PhaseStory[];
  /** The newest entries of the journal, oldest first. */
  readonly events: readonly LedgerEvent[];
  readonly warnings: readonly string[];
  readonly bench: BenchReport | null;
}

/** A report, and the page that shows it. */
export interface ReportResult {
  readonly report: MigrationReport;
  /** One self-contained HTML document. */
  readonly html: string;
}

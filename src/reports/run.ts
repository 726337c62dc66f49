import type { Accounting } from './accounting.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { RangeOptions, TargetOptions } from './target.js';
import type { PhaseVerification } from './verify.js';

/** Options of `run`. */
export interface RunOptions extends TargetOptions, RangeOptions {
  /** Legacy rows per batch. */
  readonly batchSize?: number | undefined;
  /** Lanes that load side by side. */
  readonly concurrency?: number | undefined;
  /** Rows that may be put aside before the run stops. */
  readonly maxRejects?: number | undefined;
  /** Legacy rows loaded per second at most, over all lanes; default: no limit. */
  readonly maxRate?: number | undefined;
  /**
   * Have the legacy tables report their changes, by triggers, before anything is read. Default true. Where it is not
   * permitted the run goes on without, and says so. What reports already goes on in any case.
   */
  readonly capture?: boolean | undefined;
  /** Rest between batches in proportion to the other work on the server. Default false. */
  readonly nice?: boolean | undefined;
}

/** What a run did of one phase. */
export interface PhaseRun {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** Where each row of each table went: law 2. */
  readonly accounting: readonly Accounting[];
  /** Name of the unified table. */
  readonly unifiedTable: string;
  /** Of a phase that counts: what one row of it is about, in the plural. */
  readonly countsOf?: string;
  /** Rows in it. */
  readonly unifiedRows: number;
  /** Rows that were folded. */
  readonly foldedRows: number;
  /** Rows that were put aside. */
  readonly rejectedRows: number;
  /** Batches of the phase. */
  readonly batches: {
    /** Number of all. */
    readonly total: number;
    /** By this run, for the first time or again. */
    readonly loaded: number;
    /** By an earlier run, and not again. */
    readonly alreadyDone: number;
    /** Legacy rows in a batch, about. */
    readonly size: number;
  };
  /** Changes that were captured meanwhile, and applied before verification; null: nothing is captured. */
  readonly caughtUp: {
    /** Changes that were applied. */
    readonly changes: number;
    /** Number of merge keys. */
    readonly keys: number;
    /** Time that it took, in seconds. */
    readonly seconds: number;
  } | null;
  /** Legacy rows read by this run. */
  readonly rowsRead: number;
  /** Rows of our tables that this run inserted, updated or deleted. */
  readonly rowsWritten: number;
  /** `held`: the part of `load` that the run waited because of a rate, of other load, or of a pause. */
  readonly seconds: {
    /** Of loading, in seconds. */
    readonly load: number;
    /** In which the run was held back, in seconds. */
    readonly held: number;
    /** Of indexes and keys, in seconds. */
    readonly indexes: number;
    /** Of the proof, in seconds. */
    readonly verify: number;
  };
  /** Legacy rows loaded in a second. */
  readonly rowsPerSecond: number;
  /** Bytes of heap, TOAST and indexes. */
  readonly storage: {
    /** Bytes of the legacy tables, indexes included. */
    readonly legacyBytes: number;
    /** Bytes of the unified tables, indexes included. */
    readonly unifiedBytes: number;
  };
  /** The proof; null: it was not made. */
  readonly verification: PhaseVerification | null;
  /**
   * Of a phase that unifies nothing: what it made. Its `unifiedTable` is what its batches go into, and it has no
   * accounting. Others leave this out.
   */
  readonly made?: readonly Made[];
}

/** An index or a view that a phase made. */
export interface Made {
  /** What kind it is. */
  readonly kind: 'index' | 'materialized view';
  /** Its name. */
  readonly name: string;
  /** Made or refreshed by this run; false: it was there, and nothing had changed. */
  readonly byThisRun: boolean;
  /** Rows of a view; null of an index. */
  readonly rows: number | null;
  /** Size in bytes. */
  readonly bytes: number;
}

/** What a run did. */
export interface RunReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** `nothing-to-do`: every batch was loaded before; verification was run again all the same. */
  readonly outcome: 'done' | 'nothing-to-do' | 'different';
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseRun[];
  /** What a person should know, in sentences. */
  readonly warnings: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
  /** Most memory that the process had resident, in bytes. */
  readonly peakRssBytes: number;
}

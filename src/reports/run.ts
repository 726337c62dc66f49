import type { Accounting } from './accounting.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { RangeOptions, TargetOptions } from './target.js';
import type { PhaseVerification } from './verify.js';

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

export interface PhaseRun {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly accounting: readonly Accounting[];
  readonly unifiedTable: string;
  /** Of a phase that counts: what one row of it is about, in the plural. */
  readonly countsOf?: string;
  readonly unifiedRows: number;
  readonly foldedRows: number;
  readonly rejectedRows: number;
  readonly batches: {
    readonly total: number;
    /** By this run, for the first time or again. */
    readonly loaded: number;
    /** By an earlier run, and not again. */
    readonly alreadyDone: number;
    readonly size: number;
  };
  /** Changes that were captured meanwhile, and applied before verification; null: nothing is captured. */
  readonly caughtUp: { readonly changes: number; readonly keys: number; readonly seconds: number } | null;
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
  /**
   * Of a phase that unifies nothing: what it made. Its `unifiedTable` is what its batches go into, and it has no
   * accounting. Others leave this out.
   */
  readonly made?: readonly Made[];
}

/** An index or a view that a phase made. */
export interface Made {
  readonly kind: 'index' | 'materialized view';
  readonly name: string;
  /** Made or refreshed by this run; false: it was there, and nothing had changed. */
  readonly byThisRun: boolean;
  /** Rows of a view; null of an index. */
  readonly rows: number | null;
  readonly bytes: number;
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

import type { Accounting } from './accounting.js';
import type { PhaseName } from './phase-name.js';
import type { RangeOptions, TargetOptions } from './target.js';

/** Options of `verify`. */
export interface VerifyOptions extends TargetOptions, RangeOptions {
  /** Also compare every row's text, and recompute every unified row, through a second route. */
  readonly strict?: boolean | undefined;
  /** Differences to list per table. */
  readonly limit?: number | undefined;
  /** Write the result into the ledger. */
  readonly record?: boolean | undefined;
}

/** Hash of one side of a table. */
export interface SideHash {
  /** Number of rows. */
  readonly rows: number;
  /** Two sums, one per seed, joined by a colon. */
  readonly hash: string;
}

/** A row that differs. */
export interface Difference {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Number of the batch. */
  readonly batch: number;
  /** The key of the row. */
  readonly key: string;
  /** The row within its table, such as `id=…`. */
  readonly row: string;
  /** What is different. */
  readonly kind: 'changed' | 'missing' | 'extra' | 'duplicated';
  /** `missing` and `extra` are seen from the unified side. Values as Postgres text; null is SQL NULL. */
  readonly columns: readonly {
    /** Name of the column. */
    readonly column: string;
    /** The value of the legacy table as text; null where there is none. */
    readonly legacy: string | null;
    /** The value that the view returns, as text; null where there is none. */
    readonly unified: string | null;
  }[];
}

/** Both sides of one table. */
export interface TableVerification {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Name of the view that returns the legacy rows. */
  readonly view: string;
  /** Whether both sides are the same. */
  readonly equal: boolean;
  /** Whether keys with changes that are not applied yet were left out of what is compared, and of both sums. */
  readonly keysLeftOut: boolean;
  /** Of the legacy side. */
  readonly legacy: SideHash;
  /** Of the unified side. */
  readonly unified: SideHash;
  /** Numbers of the batches in which the sides differ. */
  readonly differingBatches: readonly number[];
  /** What differs, up to the limit that was asked for. */
  readonly differences: readonly Difference[];
  /** True when `limit` cut the list. */
  readonly more: boolean;
}

/** A condition that must hold of the unified tables. */
export interface Invariant {
  /** What must hold. */
  readonly name: string;
  /** Whether it does. */
  readonly ok: boolean;
  /** More about it, in a sentence. */
  readonly detail: string;
}

/** What was proven of one phase. */
export interface PhaseVerification {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** Whether both sides are the same. */
  readonly equal: boolean;
  /** One entry for each table. */
  readonly tables: readonly TableVerification[];
  /** What must hold of the unified tables. */
  readonly invariants: readonly Invariant[];
  /** Where each row of each table went: law 2. */
  readonly accounting: readonly Accounting[];
  /**
   * Keys that were left out because changes of theirs were captured and not applied yet, in the same snapshot: that
   * they differ is as it should be. After a run none that was not compared later, when its changes had been applied.
   */
  readonly pendingKeys: number;
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

/** What was proven. */
export interface VerifyReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Whether both sides are the same. */
  readonly equal: boolean;
  /** Whether every row was computed again as well. */
  readonly strict: boolean;
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhaseVerification[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}

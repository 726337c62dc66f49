import type { Accounting } from './accounting.js';
import type { PhaseName } from './phase-name.js';
import type { RangeOptions, TargetOptions } from './target.js';

export interface VerifyOptions extends TargetOptions, RangeOptions {
  /** Also compare every row's text, and recompute every unified row, through a second route. */
  readonly strict?: boolean | undefined;
  /** Differences to list per table. */
  readonly limit?: number | undefined;
  /** Write the result into the ledger. */
  readonly record?: boolean | undefined;
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
  /** Whether keys with changes that are not applied yet were left out of what is compared, and of both sums. */
  readonly keysLeftOut: boolean;
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
  /**
   * Keys that were left out because changes of theirs were captured and not applied yet, in the same snapshot: that
   * they differ is as it should be. After a run none that was not compared later, when its changes had been applied.
   */
  readonly pendingKeys: number;
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

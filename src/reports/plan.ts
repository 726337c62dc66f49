import type { Stop } from '../errors/stop.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';

export interface PlanOptions extends TargetOptions {
  readonly batchSize?: number | undefined;
  readonly concurrency?: number | undefined;
}

export interface TablePlan {
  readonly table: string;
  readonly schema: string;
  /** `missing` is fine: that part is empty. */
  /** The form in which it was found, as the project names it; `missing`: it is not there. */
  readonly shape: string;
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
  /** Rows beyond the first of their key, and of what a veto keeps apart there: candidates for folding. */
  readonly duplicates: number;
  /** Rows that name one which is not there. */
  readonly orphans: number;
}

/** A row of a source, and what joined it to others. */
export interface MatchedRow {
  readonly table: string;
  /** Its identity. */
  readonly row: string;
  /** The step of the ladder that gave it its key. */
  readonly step: string;
  /** The value that it was matched by, as it is spelled in the key; null: it points to another row, or stands alone. */
  readonly value: string | null;
}

/** By what rows match, before anything is joined. */
export interface MatchPlan {
  /** Of so many rows that one in so many keys was looked at, and what is counted is an estimate; null: all is exact. */
  readonly sampled: { readonly oneIn: number } | null;
  /** For each source how many rows found their key by which step; the last one is the row itself. */
  readonly ladders: readonly {
    readonly table: string;
    readonly steps: readonly {
      readonly step: string;
      readonly rows: number;
      /** Rows that this step gives no key, by why; some of them found one by an earlier step. */
      readonly without: {
        readonly null: number;
        readonly blank: number;
        /** By `.none([...])`. */
        readonly excepted: number;
        /** They point to a row that is not there. */
        readonly dangling: number;
      };
    }[];
  }[];
  /** How many keys have so many rows, of all sources together; `to` is null for the last class. */
  readonly groups: readonly { readonly from: number; readonly to: number | null; readonly keys: number }[];
  /** How many keys have rows that a veto keeps apart. */
  readonly parted: number;
  /** The largest groups, with some of their rows. */
  readonly largest: readonly {
    readonly key: string;
    readonly rows: number;
    /** Table and identity of some of them. */
    readonly examples: readonly string[];
    readonly shown: readonly MatchedRow[];
  }[];
  /** Groups of several rows, some of each kind, with the step that joined each row. */
  readonly examples: readonly {
    readonly key: string;
    readonly rows: number;
    readonly shown: readonly MatchedRow[];
  }[];
  /** Of how many keys with several rows the values were compared; of one in so many. */
  readonly compared: { readonly keys: number; readonly oneIn: number };
  /**
   * Values of a key beyond ASCII that are kept apart, and would be one if all letters were folded and accents composed: how many
   * distinct values of the key there are, how many groups of them would be joined, and some of those.
   */
  readonly folding: readonly {
    readonly key: string;
    readonly values: number;
    readonly joined: number;
    readonly examples: readonly (readonly string[])[];
  }[];
  /** For each shared column of how many things several sources have a value, and of how many these differ. */
  readonly disagreements: readonly {
    readonly column: string;
    readonly things: number;
    readonly differ: number;
    /** Of these, how many differ in case and blanks alone. */
    readonly spelling: number;
    /** What each source says, of some of them. */
    readonly examples: readonly { readonly key: string; readonly values: Readonly<Record<string, string>> }[];
  }[];
}

/** What an outside table that names rows of sources holds, as it was declared. */
export interface ReferrerPlan {
  readonly table: string;
  readonly columns: readonly string[];
  /** The column that says which source is meant; null: one is. */
  readonly type: string | null;
  readonly becomes: 'winner' | 'id' | 'left';
  /** For each source how many rows name one of its rows, and how many of them one that is not there. */
  readonly names: readonly {
    readonly word: string | null;
    readonly source: string;
    readonly rows: number;
    readonly dangling: number;
  }[];
  /** Words of the type that are not declared: their rows stay as they are. */
  readonly unknown: readonly { readonly word: string; readonly rows: number }[];
}

export interface PhasePlan {
  readonly phase: PhaseName;
  readonly state: PhaseState;
  readonly sources: readonly SourcePlan[];
  /** How many merge keys have rows in exactly these tables. */
  readonly meetings: readonly { readonly tables: readonly string[]; readonly keys: number }[];
  /** Null for a phase whose matches are not declared. */
  readonly matches: MatchPlan | null;
  /**
   * The share of rows with a value that shared columns do not give back, of each legacy column that has such: found by merging
   * all keys, or one in `oneIn`, without writing anything. Null where something stops the plan.
   */
  readonly residue: {
    readonly oneIn: number;
    readonly columns: readonly {
      readonly table: string;
      readonly column: string;
      /** The shared columns that it gives a value. */
      readonly into: readonly string[];
      /** Rows of the source that won, of those that were merged. */
      readonly rows: number;
      /** How many of them have its value in the residue. */
      readonly residue: number;
      /** A word of the declaration that would cost no residue: the column keeps one of its own then. Null: none helps. */
      readonly proposal: string | null;
    }[];
  } | null;
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
    /** Null: it gives no value. */
    readonly becomes: string | null;
  }[];
  /** Outside tables that name rows of sources without a foreign key, as declared. */
  readonly referrers: readonly ReferrerPlan[];
  /** Qualified names of tables and views that the run makes. */
  readonly creates: readonly string[];
  /**
   * The tables that get triggers, unless a run is told `capture: false`; and sentences about rights that are missing for
   * it: then a run goes on without. Null: nothing is captured for the phase itself.
   */
  readonly capture: { readonly tables: readonly string[]; readonly missing: readonly string[] } | null;
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

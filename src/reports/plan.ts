import type { Stop } from '../errors/stop.js';
import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';

/** Options of `plan`. */
export interface PlanOptions extends TargetOptions {
  /** Legacy rows in a batch, about. */
  readonly batchSize?: number | undefined;
  /** Workers that load side by side. */
  readonly concurrency?: number | undefined;
}

/** A legacy table as it is found. */
export interface TablePlan {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** `missing` is fine: that part is empty. */
  /** The form in which it was found, as the project names it; `missing`: it is not there. */
  readonly shape: string;
  /** Number of rows. */
  readonly rows: number;
  /** Size in bytes. */
  readonly bytes: number;
  /** Columns that the design does not know; they are carried too. */
  readonly extraColumns: readonly string[];
}

/** Rows and keys of a source. */
export interface SourcePlan {
  /** Name of the source. */
  readonly table: string;
  /** Number of rows. */
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
  /** Name of the table, without its schema. */
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
  readonly sampled: {
    /** One of so many keys was looked at. */
    readonly oneIn: number;
  } | null;
  /** For each source how many rows found their key by which step; the last one is the row itself. */
  readonly ladders: readonly {
    /** Name of the table, without its schema. */
    readonly table: string;
    /** Its steps, in their order. */
    readonly steps: readonly {
      /** Name of the step. */
      readonly step: string;
      /** Rows that found their key by it. */
      readonly rows: number;
      /** Rows that this step gives no key, by why; some of them found one by an earlier step. */
      readonly without: {
        /** Rows in which it is null. */
        readonly null: number;
        /** Rows in which it is blank. */
        readonly blank: number;
        /** By `.none([...])`. */
        readonly excepted: number;
        /** They point to a row that is not there. */
        readonly dangling: number;
      };
    }[];
  }[];
  /** How many keys have so many rows, of all sources together; `to` is null for the last class. */
  readonly groups: readonly {
    /** Rows of a key, at least. */
    readonly from: number;
    /** Rows of a key, at most; null: no limit. */
    readonly to: number | null;
    /** Number of merge keys. */
    readonly keys: number;
  }[];
  /** How many keys have rows that a veto keeps apart. */
  readonly parted: number;
  /** The largest groups, with some of their rows. */
  readonly largest: readonly {
    /** The merge key. */
    readonly key: string;
    /** Number of rows. */
    readonly rows: number;
    /** Table and identity of some of them. */
    readonly examples: readonly string[];
    /** Some of its rows, to look at. */
    readonly shown: readonly MatchedRow[];
  }[];
  /** Groups of several rows, some of each kind, with the step that joined each row. */
  readonly examples: readonly {
    /** The merge key. */
    readonly key: string;
    /** Number of rows. */
    readonly rows: number;
    /** Some of its rows, to look at. */
    readonly shown: readonly MatchedRow[];
  }[];
  /** Of how many keys with several rows the values were compared; of one in so many. */
  readonly compared: {
    /** Keys that were compared. */
    readonly keys: number;
    /** One of so many keys was looked at. */
    readonly oneIn: number;
  };
  /**
   * Values of a key beyond ASCII that are kept apart, and would be one if all letters were folded and accents composed: how many
   * distinct values of the key there are, how many groups of them would be joined, and some of those.
   */
  readonly folding: readonly {
    /** Name of the key. */
    readonly key: string;
    /** Distinct values beyond ASCII. */
    readonly values: number;
    /** Groups of them that would be one. */
    readonly joined: number;
    /** Some of the groups. */
    readonly examples: readonly (readonly string[])[];
  }[];
  /** For each shared column of how many things several sources have a value, and of how many these differ. */
  readonly disagreements: readonly {
    /** Name of the column. */
    readonly column: string;
    /** Number of things. */
    readonly things: number;
    /** Those whose rows disagree. */
    readonly differ: number;
    /** Of these, how many differ in case and blanks alone. */
    readonly spelling: number;
    /** What each source says, of some of them. */
    readonly examples: readonly {
      /** The merge key. */
      readonly key: string;
      /** Values as text, by column. */
      readonly values: Readonly<Record<string, string>>;
    }[];
  }[];
}

/** What an outside table that names rows of sources holds, as it was declared. */
export interface ReferrerPlan {
  /** The table whose rows point to merged ones. */
  readonly table: string;
  /** Its columns. */
  readonly columns: readonly string[];
  /** The column that says which source is meant; null: one is. */
  readonly type: string | null;
  /** What its values become. */
  readonly becomes: 'winner' | 'id' | 'left';
  /** For each source how many rows name one of its rows, and how many of them one that is not there. */
  readonly names: readonly {
    /** The word that says which source is named; null: there is none. */
    readonly word: string | null;
    /** The source that is named. */
    readonly source: string;
    /** Number of rows. */
    readonly rows: number;
    /** Rows that name one which is not there. */
    readonly dangling: number;
  }[];
  /** Words of the type that are not declared: their rows stay as they are. */
  readonly unknown: readonly {
    /** The word as it is stored. */
    readonly word: string;
    /** Number of rows. */
    readonly rows: number;
  }[];
}

/** What a run would do for one phase. */
export interface PhasePlan {
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** Each legacy table of it. */
  readonly sources: readonly SourcePlan[];
  /** How many merge keys have rows in exactly these tables. */
  readonly meetings: readonly {
    /** The tables. */
    readonly tables: readonly string[];
    /** Keys with rows in exactly these tables. */
    readonly keys: number;
  }[];
  /** Null for a phase whose matches are not declared. */
  readonly matches: MatchPlan | null;
  /**
   * The share of rows with a value that shared columns do not give back, of each legacy column that has such: found by merging
   * all keys, or one in `oneIn`, without writing anything. Null where something stops the plan.
   */
  readonly residue: {
    /** One of so many keys was merged. */
    readonly oneIn: number;
    /** One entry for each legacy column with residue. */
    readonly columns: readonly {
      /** Name of the legacy table. */
      readonly table: string;
      /** Name of the column. */
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
  /** Columns whose values may be on another scale than declared. */
  readonly suspiciousScales: readonly {
    /** Name of the table, without its schema. */
    readonly table: string;
    /** Name of the column. */
    readonly column: string;
    /** The largest value. */
    readonly max: string;
  }[];
  /** Words that no rule knows. */
  readonly unmapped: readonly {
    /** Name of the table, without its schema. */
    readonly table: string;
    /** Name of the column. */
    readonly column: string;
    /** The word as it is stored. */
    readonly value: string;
    /** Number of rows. */
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
  readonly capture: {
    /** Tables that report their changes. */
    readonly tables: readonly string[];
    /** Tables that cannot report them. */
    readonly missing: readonly string[];
  } | null;
  /** How the work is cut. */
  readonly batches: {
    /** Number of batches. */
    readonly count: number;
    /** Legacy rows in a batch, about. */
    readonly size: number;
  };
  /** A rough estimate. */
  readonly estimate: {
    /** Time that a run takes, in seconds. */
    readonly seconds: number;
    /** Bytes that are needed. */
    readonly bytes: number;
  };
}

/** What a run would do. */
export interface PlanReport {
  /** Name of the database. */
  readonly database: string;
  /** Version of the server, such as `18.4`. */
  readonly server: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** Schema of the tables that may be in one of their own. */
  readonly appSchema: string;
  /** One entry for each table. */
  readonly tables: readonly TablePlan[];
  /** One entry for each phase, in the order in which they run. */
  readonly phases: readonly PhasePlan[];
  /** What a person should know, in sentences. */
  readonly warnings: readonly string[];
  /** What keeps a run from starting. */
  readonly stops: readonly Stop[];
}

import type { Stop } from '../errors/stop.js';
import type { LegacyDatabase, LegacyTable } from '../legacy/detect.js';
import type { BoundPhase, BoundSource } from './bind.js';
import type { ForeignKeySpec, IndexSpec } from './index-spec.js';
import type { KeyedSource } from './keyed-source.js';
import type { BoundColumn, PhaseMapping } from './mapping.js';
import type { Merger } from './merger.js';
import type { ReverseRules } from './reverse.js';
import type { ScratchTable } from './scratch.js';

/** A condition that no row of our tables may break; checked by the verifier. */
export type InvariantSpec = { readonly name: string } & (
  | {
      /** A condition on a row `u` of the unified table that none may fulfil; one pass serves all of these. */
      readonly broken: string;
    }
  | {
      /** A query that gives the number of rows that break it. */
      readonly violations: string;
    }
);

/** A percent column whose values may be on the wrong scale, and a vocabulary whose words may be unknown. */
export interface PlanChecks {
  readonly percentColumns: readonly { readonly source: BoundSource; readonly column: string }[];
  readonly vocabularies: readonly {
    readonly source: BoundSource;
    readonly column: string;
    readonly known: readonly string[];
    readonly becomes: string | null;
  }[];
}

/**
 * A legacy table that keys are resolved by and that is no source itself: how its changes change keys. SQL over the
 * scratch tables.
 */
export interface Resolution {
  readonly table: LegacyTable;
  /** Columns whose values a change of a row records. */
  readonly columns: readonly string[];
  /** All columns that something is read from, where they are there. */
  readonly reads: readonly string[];
  /**
   * Temporary tables of its own, beside those of `scratch.ts`, in which a session keeps what it looks up. Each phase has
   * names of its own for them.
   */
  readonly scratch: readonly ScratchTable[];
  /** Statement: names what the changes taken concern. */
  readonly nameChanged: string;
  /** Statement: names what some rows of sources say that they belong to, by a query of what `KeyedSource.names` returns. */
  nameRows(names: string): string;
  /** Statement: adds what is named to what is known. */
  readonly lookUp: string;
  /** Query: the merge keys that what is named concerns. */
  readonly changedKeys: string;
  /**
   * Condition on legacy rows `r` of a source: they name a row whose change is in the queue. Null: rows of this source name
   * none.
   *
   * @param changed a query of one expression over these changes `k`, whose `raw` are the values of `columns`
   */
  naming(source: BoundSource, changed: (expression: string) => string): string | null;
}

/** A column by which rows point to rows of another source, whose key they have therefore. */
export interface PointerSpec {
  readonly from: BoundSource;
  readonly column: BoundColumn;
  /** By what its rows are found again, which is what the column holds. */
  readonly to: BoundSource;
}

/** A step of a ladder, as SQL over a row `r`. */
export interface MatchStep {
  readonly name: string;
  readonly key: string;
  /** Of type text: why it gives no key: n null, b blank, x excepted, d dangling; empty where it gives one. */
  readonly gap: string;
  /** Of type text: what the row is matched by, as it is spelled in the key; null: nothing that has a spelling. */
  readonly said: string | null;
  /** The name of its key, where that folds letters, of ASCII alone. Left out: it folds none. */
  readonly folds?: string;
}

/** Rows of a source that have the key which rows of another one, or of its own, have beside one that both have. */
export interface CrosswalkSpec {
  readonly from: BoundSource;
  /** SQL over a row `r` of it, of type uuid: the key that both have. */
  readonly by: string;
  readonly to: BoundSource;
  /** The same over a row `r` of that one. */
  readonly toBy: string;
  /** Whether the other key of such a row may change without the row, which points to others. */
  readonly isIndirect: boolean;
}

/** How rows find what they are about, for a plan to show before anything is joined. */
export interface Matching {
  /** For each keyed source, in their order: the steps of its ladder, the last of which is the row itself. */
  readonly ladders: readonly (readonly MatchStep[])[];
  /** A group of more rows with one key stops a plan and a first run. */
  readonly largestGroup: number;
  /** Groups that may be larger: their keys, or what their rows are matched by. */
  readonly accepted: readonly string[];
  /** SQL of type text over a row `r`, for each keyed source: what tells it from the others. */
  readonly identities: readonly string[];
  /** SQL of type uuid over a row `r`, for each keyed source: the id of a thing that is named by it; null: none is. */
  readonly ids: readonly (string | null)[];
  /** SQL of type text over a row `r`, for each keyed source: rows of one key that differ here are kept apart. Null: none are. */
  readonly vetoes: readonly string[] | null;
}

/** One phase, bound to a database. Whoever adds a phase writes a folder that gives one of these. */
export interface Phase {
  readonly name: string;
  readonly schema: string;
  readonly bound: BoundPhase;
  /** One per bound source, in the same order. */
  readonly keyed: readonly KeyedSource[];
  readonly merger: Merger;
  /** Null: keys are made of the sources, and of what earlier phases made. */
  readonly resolution: Resolution | null;
  /** Sources whose rows are what the rows of another one are that they point to. Left out: none. */
  readonly pointers?: readonly PointerSpec[];
  /** Sources whose rows are resolved by what other rows say. Left out: none. */
  readonly crosswalks?: readonly CrosswalkSpec[];
  /** Left out: what rows match by is not for a plan to judge. */
  readonly matching?: Matching;
  /** What keeps it from being run as it is declared. Left out: nothing. */
  readonly stops?: readonly Stop[];
  readonly indexes: readonly IndexSpec[];
  readonly foreignKeys: readonly ForeignKeySpec[];
  readonly invariants: readonly InvariantSpec[];
  readonly planChecks: PlanChecks;
  /**
   * What its rows depend on beside the tables and this version of Drydock, by name: for a ledger that is gone on with later.
   * Left out: nothing does.
   */
  readonly rules?: Readonly<Record<string, string>>;
  /** How direct writes to the unified table become legacy rows. */
  readonly reverse: ReverseRules;
  /** The phase that has to be loaded before this one. */
  readonly after: string | null;
}

/** A phase before it is bound to a database. */
export interface PhaseDefinition {
  /** Its name. */
  readonly name: string;
  /** Where each column goes, and how it comes back. */
  readonly mapping: PhaseMapping;
  /**
   * Binds it to the tables as they are found.
   *
   * @param existing phases whose tables are there already
   */
  bind(legacy: LegacyDatabase, existing: ReadonlySet<string>): Phase;
}

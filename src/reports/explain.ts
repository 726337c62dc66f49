import type { PhaseName } from './phase-name.js';
import type { PhaseState } from './phase-state.js';
import type { TargetOptions } from './target.js';

/** Options of `explain`. */
export interface ExplainOptions extends TargetOptions {
  /** A legacy row as `table:identity` (values of several columns with commas), the id of a unified row, or a match key. */
  readonly key: string;
}

/** A legacy row of a thing. */
export interface ExplainedRow {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** Its identity. */
  readonly row: string;
  /** It is the one that was asked for. */
  readonly asked: boolean;
  /** The step of its ladder that gave it its key; null where the ladder is not declared. */
  readonly step: string | null;
  /** What it was matched by, as it is spelled in the key; null: nothing that has a spelling. */
  readonly value: string | null;
  /** It points to a row that is not there. */
  readonly dangling: boolean;
  /** `counts`: its values are those of its source in the unified row. `duplicate`: another row of its source counts. */
  readonly outcome: 'counts' | 'duplicate';
  /** As Postgres prints them; null is SQL's. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Columns whose values the shared ones cannot give back, and which are in the residue. */
  readonly residue: Readonly<Record<string, string | null>>;
}

/** A value that a legacy row offers. */
export interface GivenValue {
  /** Name of the table, without its schema. */
  readonly table: string;
  /** The row, as its key names it. */
  readonly row: string;
  /** The legacy column; SQL where the server works the value out. */
  readonly column: string;
  /** The value as text; null where there is none. */
  readonly value: string;
}

/** A shared column: its value, which row gave it, and what other rows say. */
export interface ExplainedColumn {
  /** Name of the column. */
  readonly column: string;
  /** Its value as text; null where there is none. */
  readonly value: string | null;
  /** Null: no row gave it. It is a constant, a time over all rows, or is made of several values. */
  readonly from: GivenValue | null;
  /** Rows that say the same. */
  readonly agreed: readonly GivenValue[];
  /** Values that lost. */
  readonly lost: readonly GivenValue[];
}

/** One unified row, as it is made of the legacy rows that there are now. */
export interface ExplainedThing {
  /** Id of the unified row. */
  readonly id: string;
  /** The legacy rows that it is made of. */
  readonly rows: readonly ExplainedRow[];
  /** Each column of the unified row, with where its value comes from. */
  readonly columns: readonly ExplainedColumn[];
  /**
   * The row as it is stored: `same`; `differs` in `differing`, because changes wait to be applied; `missing`: it is not
   * loaded yet. Null: nothing is loaded.
   */
  readonly stored: 'same' | 'differs' | 'missing' | null;
  /** Columns on which its rows disagree. */
  readonly differing: readonly string[];
}

/** What one row is made of. */
export interface ExplainReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** What was asked for. */
  readonly asked: string;
  /** Name of the phase. */
  readonly phase: PhaseName;
  /** State of the phase in the ledger. */
  readonly state: PhaseState;
  /** The merge key of the row. */
  readonly key: string;
  /** Several where a rule keeps rows of one key apart. */
  readonly things: readonly ExplainedThing[];
  /** Rows of the key that are not listed. */
  readonly moreRows: number;
}

import type { Session } from '../db/session.js';
import type { LegacyDatabase } from '../legacy/detect.js';

/**
 * A phase that unifies nothing, and builds on what the consolidations have made: counts that triggers keep up, indexes,
 * materialized views.
 */
export interface DerivedDefinition {
  /** Name of the phase. */
  readonly name: string;
  /** The consolidation that has to be complete before this phase. */
  readonly after: string;
  /** The consolidation whose batches are counted: the keys of the counts are its merge keys. */
  readonly batchesOf: string;
  /** What can be built on the tables as they are found. */
  bind(session: Session, legacy: LegacyDatabase): Promise<Derived>;
}

/** What can be built, bound to a database. */
export interface Derived {
  readonly schema: string;
  /** Null: nothing is counted. */
  readonly counts: Counts | null;
  /** Tables of ours, without their schema, that report their changes, so that a refresh knows what there is to do. */
  readonly bases: readonly string[];
  readonly indexes: readonly DerivedIndex[];
  readonly views: readonly MaterializedView[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** The queries by name: what must not change between two runs that share a ledger. */
  readonly configuration: Readonly<Record<string, string>>;
}

export interface DerivedIndex {
  readonly name: string;
  /** A table of ours, without its schema. */
  readonly table: string;
  /** What stands behind `on table`. */
  readonly on: string;
}

/** A materialized view: its query, and the columns of its unique index, without which it cannot be refreshed beside its readers. */
export interface MaterializedView {
  readonly name: string;
  readonly query: string;
  readonly key: readonly string[];
  /** The tables of ours that it is made from. Null: it also reads others, whose changes nobody reports. */
  readonly bases: readonly string[] | null;
}

/** What is counted per key in a table of its own, which triggers on a table of ours keep up. All members are SQL. */
export interface Counts {
  /** The view that shows them, without its schema. */
  readonly view: string;
  /** The tables behind it, without their schema. */
  readonly tables: readonly string[];
  /** What one row of the view is about, in the plural: `customers`. */
  readonly of: string;
  /** Statements that make the tables. */
  readonly create: readonly string[];
  /** @param invoker whether the server can have a view's reader answer for what it reads, row-level security included */
  createView(invoker: boolean): string;
  readonly trigger: TriggerFunction;
  readonly triggers: readonly TriggerSpec[];
  /** Query: how many rows are to be counted, as `rows`. */
  readonly toCount: string;
  /** Query: how many rows the view has, as `n`. */
  readonly counted: string;
  /** The table of the totals, qualified. */
  readonly totals: string;
  /**
   * Statements that lock what a count reads and writes. Before the transaction's first query: then its snapshot is younger
   * than the last rewrite of any of them.
   */
  readonly lock: readonly string[];
  /**
   * Statements that count the keys of a range anew, behind the locks.
   *
   * @param condition a condition on a column that holds the key
   */
  recount(condition: (column: string) => string): readonly string[];
  /** Query: rows that were counted (`rows_in`) and keys that they have (`rows_out`) in a range. */
  countedIn(condition: (column: string) => string): string;
  /** Statements that add to the totals what was written since. */
  readonly fold: readonly string[];
  /** Query: how many keys' counts are not what a fresh count finds, as `n`. */
  readonly wrong: string;
}

/** A function that triggers of ours call. */
export interface TriggerFunction {
  readonly purpose: string;
  /** plpgsql. */
  readonly body: string;
}

export interface TriggerSpec {
  /** What its function is for. */
  readonly purpose: string;
  readonly name: string;
  /** A table of ours, without its schema. */
  readonly table: string;
  /** What stands in front of `on table`, and behind it. */
  readonly when: string;
  readonly referencing?: string;
  readonly argument?: string;
}

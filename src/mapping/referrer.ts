/** An outside table that names rows of sources, and what becomes of that at the completion. */
export interface ReferrerRule {
  readonly table: string;
  /** Null: the schema of the command. */
  readonly schema: string | null;
  /** The column that says which source is meant; null: one is. */
  readonly type: string | null;
  /** The columns that hold an identity, one by one. */
  readonly columns: readonly string[];
  /** The source of each word of the type; of the empty one where there is no type. */
  readonly names: ReadonlyMap<string, string>;
  /**
   * `winner`: those that name a folded duplicate name the row that won over it. `id`: all of them name the unified row by its id.
   * `left`: nothing changes.
   */
  readonly becomes: 'winner' | 'id' | 'left';
  /** The word of the type for unified rows, where there is a type and `becomes` is `id`; else null. */
  readonly as: string | null;
}

/** An index that a phase wants on one of its tables; whether it is to be made is for the loader. */
export interface IndexSpec {
  readonly table: 'unified' | 'folded';
  /** `primary key`, `unique`, or an index method. */
  readonly kind: 'primary key' | 'unique' | 'btree' | 'hash';
  /** Columns, as in DDL. */
  readonly columns: readonly string[];
  /** A domain that the legacy view casts the column to: an index on the bare column is not found through the cast. */
  readonly cast?: string;
  readonly where?: string;
}

/** A foreign key of the unified table. */
export interface ForeignKeySpec {
  readonly column: string;
  readonly references: { readonly schema: string; readonly table: string; readonly column: string };
  readonly onDelete: 'set null' | 'cascade';
}

/** The schema in which cutover keeps the legacy tables; their old names are views by then. */
export const LEGACY_SCHEMA = 'drydock_legacy';

/**
 * The schema of the functions that belong to owners of legacy tables. The ledger is in another one: an owner gets no
 * right to anything of it, and none to look into this one.
 */
export const FUNCTIONS_SCHEMA = 'drydock_reverse';

/** A legacy table that a cutover moved aside. */
export interface MovedTable {
  readonly name: string;
  /** The schema in which applications know it. */
  readonly home: string;
  /** The schema in which it is now. */
  readonly schema: string;
  readonly oid: string;
  /** It was dropped when its phase was completed; under its old name there is a view that gives it back. */
  readonly dropped: boolean;
  /** Its phase is completed: its unified table has taken over what it takes over. */
  readonly isCompleted: boolean;
  /** The unified table has its name. */
  readonly isTaken: boolean;
  /** The view that shows its rows, in the schema in which applications know it. */
  readonly view: string;
}

export type MovedTables = ReadonlyMap<string, MovedTable>;

export const NOTHING_MOVED: MovedTables = new Map();

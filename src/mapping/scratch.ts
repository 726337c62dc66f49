/**
 * Temporary tables in which a session works out what a set of changes touches. They are made once per session and
 * empty themselves with every transaction: made anew for each of many small transactions, they would fill the
 * catalog with dead rows.
 */
export const SCRATCH = {
  /** Changes to be applied: what a writer's trigger recorded, or a merge key. */
  taken: 'pg_temp.drydock_taken',
  /** Merge keys to be computed again. */
  keys: 'pg_temp.drydock_keys',
  /**
   * Legacy rows that may belong to these keys, by the value of their source's locator: as uuid where it is one, else as
   * text. In the first round those that changed, in each later one the others that stand under the keys found by then.
   */
  rows: 'pg_temp.drydock_rows',
} as const;

const COLUMNS: Readonly<Record<keyof typeof SCRATCH, string>> = {
  taken: 'source text, raw text[], merge_key uuid',
  keys: 'merge_key uuid primary key',
  rows: 'source text, raw text collate "C", id uuid, round int',
};

/** A temporary table that a phase has for itself: see `Resolution.scratch`. */
export interface ScratchTable {
  /** In `pg_temp`. */
  readonly name: string;
  /** Names, types and constraints. */
  readonly columns: string;
}

const TABLES: readonly ScratchTable[] = Object.entries(SCRATCH).map(([table, name]) => ({
  name,
  columns: COLUMNS[table as keyof typeof SCRATCH],
}));

/**
 * Statements that make them, and those of a phase; outside of a read-only transaction, whose later inserts may fill them all
 * the same. The planner takes ten pages of rows for granted in a table that nobody has looked at, and reads all of the
 * unified table for what an index would find; looked at once, though empty, it is taken to be as large as it is at the time.
 */
export function createScratch(own: readonly ScratchTable[]): string {
  const tables = [...TABLES, ...own];
  return [
    ...tables.map(
      ({ name, columns }) =>
        `create temp table if not exists ${name.replace('pg_temp.', '')} (${columns}) on commit delete rows`,
    ),
    `analyze ${tables.map(({ name }) => name).join(', ')}`,
  ].join('; ');
}

/** Empties them within a transaction that uses them more than once. A TRUNCATE would be a change of the catalog. */
export function emptyScratch(own: readonly ScratchTable[]): string {
  return [...TABLES, ...own].map(({ name }) => `delete from ${name}`).join('; ');
}

/** A set of merge keys, in the place of a range. */
export const SCRATCH_KEYS = {
  condition: (key: string) => `${key} in (select k.merge_key from ${SCRATCH.keys} k)`,
} as const;

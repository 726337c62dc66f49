import type { LegacyTable } from '../legacy/detect.js';

/**
 * A look into a table that is not restructured. It is a function of its own, which runs with the rights of the table's
 * owner: index expressions and policies of the table are his code.
 */
export interface Lookup {
  readonly table: Pick<LegacyTable, 'oid'>;
  /** Of the function. */
  readonly name: string;
  /** What it takes, and returns by name. */
  readonly args: string;
  readonly returns: string;
  /** plpgsql. */
  readonly body: string;
}

/**
 * What an application that writes to the unified table itself has to be helped with, and what it may not write: the
 * part of it that differs from phase to phase. The rest follows from the mapping.
 */
export interface ReverseRules {
  /** What applications should know before a cutover of what they may write directly; null: nothing beside what is refused. */
  readonly notice: string | null;
  /** Looks into tables of other owners that `keys` calls for. */
  readonly lookups: readonly Lookup[];
  /** plpgsql declarations for `keys` and `rows`. */
  readonly declare: string;
  /**
   * plpgsql over `new` and `old`, before a row is stored: fills the keys that the application need not know, and
   * refuses those that the legacy tables could not give back.
   */
  readonly keys: string;
  /** The same for what depends on which sources the row has: names of other rows, times. */
  readonly rows: string;
  /** The same once the legacy columns of the row's own are filled in: what these give the shared ones. Left out: nothing. */
  readonly given?: string;
  /** What golden columns hold that no source has a value for; null where a column is not listed. */
  readonly fallbacks: Readonly<Record<string, FallbackRule>>;
  /** Columns that are summed up from many legacy rows: nobody writes them. */
  readonly computed: readonly string[];
  /** Golden columns whose change makes another idea of a row, by source. */
  readonly telling: Readonly<Record<string, readonly string[]>>;
  /** plpgsql over the row as it is complete, with all legacy values: what depends on those. Left out: nothing does. */
  readonly last?: string;
  /** plpgsql that refuses a row of a merge key that another row has, because a merge would make one of both. */
  readonly taken: string;
}

/** What a golden column holds when no source gives it a value. */
export interface FallbackRule {
  /** SQL over `new`. */
  readonly value: string;
  /**
   * When a value that was left as it was is made anew by an update, as SQL over `new` and `old`: what it is made of may be
   * another one. Null: with the next sync.
   */
  readonly follows: string | null;
}

/** plpgsql that refuses what an application writes. The text is a literal; it names no data. */
export function refuse(
  rule: string,
  why: string,
  next: string,
  condition:
    | 'check_violation'
    | 'unique_violation'
    | 'not_null_violation'
    | 'object_not_in_prerequisite_state' = 'check_violation',
): string {
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
  return (
    `raise exception using errcode = '${condition}', constraint = ${quote(`drydock_${rule}`)}, ` +
    `schema = tg_table_schema, table = tg_table_name, message = ${quote(why)}, hint = ${quote(next)};`
  );
}

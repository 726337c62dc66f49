/** The questions of the benchmark are data: what is asked, and how it is asked before and after. */

export const GROUPS = ['complex-join', 'discovery', 'reporting', 'legacy-views'] as const;
export type Group = (typeof GROUPS)[number];

/** A statement; its arguments are SQL literals already. */
export type Statement = (...args: readonly string[]) => string;

export interface Question {
  readonly group: Group;
  /** In kebab case, unique. */
  readonly name: string;
  /** What a person asks. */
  readonly asks: string;
  /** On the legacy tables: as it has to be asked to get the right answer. */
  readonly legacy: Statement;
  /**
   * The legacy form goes over whole tables. The planner cannot know how many rows its CTEs have, and would join them by
   * nested loops, in quadratic time; whoever asks this knows better, and switches those off for the legacy form.
   */
  readonly whole?: true;
  /** Asked by a prepared statement with so many parameters, as drivers and PostgREST do: planned once, not each time. */
  readonly prepared?: number;
  /** On the unified tables, or on the legacy views. */
  readonly unified: Statement;
  /**
   * A query that gives the arguments, one row of texts for each time that the question is asked. Deterministic: the
   * same data give the same arguments. Without it the question has none.
   */
  readonly parameters?: string;
}

/** A question that this database cannot be asked. */
export interface LeftOut {
  readonly group: Group;
  readonly name: string;
  readonly asks: string;
  readonly reason: string;
}

export type Asked = Question | LeftOut;

export function isLeftOut(asked: Asked): asked is LeftOut {
  return 'reason' in asked;
}

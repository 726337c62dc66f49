import type { Session } from '../db/session.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { Phase } from '../mapping/phase.js';

/** The questions of the benchmark are data: what is asked, and how it is asked before and after. */

/** The questions in this group are asked of the legacy views instead of the unified tables: what the old names cost. */
export const ON_VIEWS = 'legacy-views';

/** What a benchmark asks of a project's database. */
export interface QuestionsDefinition {
  /** The consolidations whose tables are asked; each has to be loaded. */
  readonly stands: readonly string[];
  /** The questions, built for the tables as they are found. */
  bind(about: QuestionsContext): Promise<BoundQuestions>;
  /** What the restructuring was to bring; each goal is measured by the question that gains least. */
  readonly goals: readonly Goal[];
  /** What the goals were set for, in words: `500,000 customers`. */
  readonly goalsFor?: string | undefined;
  /** The group whose questions several readers ask side by side. */
  readonly sideBySide: string;
}

export interface QuestionsContext {
  readonly session: Session;
  readonly legacy: LegacyDatabase;
  /** Those that the questions stand on, in the order in which they are named. */
  readonly phases: readonly Phase[];
}

export interface BoundQuestions {
  readonly asked: readonly Asked[];
  /** Qualified names of tables that the unified form reads beside the unified ones: their size counts. */
  readonly further: readonly string[];
}

/** A goal of the benchmark. */
export interface Goal {
  readonly name: string;
  /**
   * What it is measured by: the speed of a group's questions, the processor time of all questions but those on views, or the
   * size on disk.
   */
  readonly of: { readonly group: string } | 'processor' | 'storage';
  /** At least so many per cent less; or, of a group, at least so many times as fast. */
  readonly atLeast: { readonly percentLess: number } | { readonly times: number };
}

/** A statement; its arguments are SQL literals already. */
export type Statement = (...args: readonly string[]) => string;

export interface Question {
  /** In kebab case. */
  readonly group: string;
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
  /** In kebab case. */
  readonly group: string;
  readonly name: string;
  readonly asks: string;
  readonly reason: string;
}

export type Asked = Question | LeftOut;

export function isLeftOut(asked: Asked): asked is LeftOut {
  return 'reason' in asked;
}

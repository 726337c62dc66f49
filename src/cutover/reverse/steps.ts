import type { Executor } from './executors.js';

/** What a transition table is named for; each event has triggers of its own. */
export const EVENTS = {
  insert: 'referencing new table as new_rows',
  update: 'referencing old table as old_rows new table as new_rows',
  delete: 'referencing old table as old_rows',
} as const;

export type ReverseEvent = keyof typeof EVENTS;

export const EVENT_NAMES = Object.keys(EVENTS) as ReverseEvent[];

/** Statements over the transition tables that are carried out with the rights of one role. */
export interface Step {
  /** Null: with our own. */
  readonly by: Executor | null;
  readonly statements: readonly string[];
}

/** What is done after a statement on a table of ours, in this order. */
export type Steps = Readonly<Record<ReverseEvent, readonly Step[]>>;

/** The steps with those put together that follow one another with the same rights: each costs a call of a function. */
export function joined(steps: readonly Step[]): Step[] {
  const found: Step[] = [];
  for (const step of steps) {
    if (step.statements.length === 0) continue;
    const last = found.at(-1);
    if (last === undefined || roleOf(last.by) !== roleOf(step.by)) found.push(step);
    else found.splice(-1, 1, { ...last, statements: [...last.statements, ...step.statements] });
  }
  return found;
}

/** With whose rights, by name. We have none here: a table whose owner is trusted is written with our own rights. */
export function roleOf(by: Executor | null): string | null {
  return by === null || by.isOurs ? null : by.role;
}

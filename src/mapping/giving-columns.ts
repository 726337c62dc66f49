import type { BoundSource } from './bind.js';
import type { BoundColumn, Conversion } from './mapping.js';
import { givesOf as allGivesOf } from './restore.js';

/** What a column of a source gives a shared one, or a member of one. */
export interface Gives {
  readonly target: string;
  readonly conversion: Conversion;
}

/** Null: it gives none its value, or a member of one. Of several shared columns it is the first. */
export function givesOf({ home }: BoundColumn): Gives | null {
  return home.kind === 'member' ? null : (allGivesOf(home)[0] ?? null);
}

/** What a column gives this shared one; null: nothing. */
export function givesTo({ home }: BoundColumn, target: string): Gives | null {
  return home.kind === 'member' ? null : (allGivesOf(home).find((gives) => gives.target === target) ?? null);
}

/** The columns of a source that give shared ones a value which can be sent by itself. */
export function givingColumns({ columns }: Pick<BoundSource, 'columns'>): readonly BoundColumn[] {
  return columns.filter((column) => column.type.binary && givesOf(column) !== null);
}

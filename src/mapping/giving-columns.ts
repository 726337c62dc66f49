import type { BoundSource } from './bind.js';
import type { BoundColumn, Conversion } from './mapping.js';

/** What a column of a source gives a shared one, or a member of one. */
export interface Gives {
  readonly target: string;
  readonly conversion: Conversion;
}

/** Null: it gives none its value, or a member of one. */
export function givesOf({ home }: BoundColumn): Gives | null {
  if (home.kind === 'golden') return home;
  return home.kind === 'own' ? (home.gives ?? null) : null;
}

/** The columns of a source that give shared ones a value which can be sent by itself. */
export function givingColumns({ columns }: Pick<BoundSource, 'columns'>): readonly BoundColumn[] {
  return columns.filter((column) => column.type.binary && givesOf(column) !== null);
}

import { conceptsOf } from './concepts.js';
import { wordsOf } from './names.js';
import type { ColumnProfile } from './profile.js';

/** Which columns of a table say when a row was made and last changed. */
export interface Times {
  readonly created: ColumnProfile | null;
  readonly updated: ColumnProfile | null;
}

const KINDS: ReadonlySet<string> = new Set(['timestamptz', 'timestamp', 'date']);

/** Finds them by their names, among columns that hold moments. */
export function timesOf(columns: readonly ColumnProfile[]): Times {
  const moments = columns.filter(({ type }) => KINDS.has(type.kind) && !type.isArray);
  const called = (concept: string) =>
    moments.filter(({ name }) => wordsOf(name).some((word) => conceptsOf(word).includes(concept)));
  const first = (concept: string) => {
    const [best] = called(concept).sort((a, b) => wordsOf(a.name).length - wordsOf(b.name).length);
    return best ?? null;
  };
  return { created: first('created'), updated: first('updated') };
}

import { fold } from './folds.js';
import type { RowPair } from './matched-rows.js';
import { type ColumnProfile, isVocabulary } from './profile.js';

/** Which words of two columns go together, in rows that are taken for one thing. */
export interface Contingency {
  /** Pairs of rows in which both have a word. */
  readonly pairs: number;
  /** How much better one is known by knowing the other, of 0 to 1. */
  readonly information: number;
  /** Folded words of the left column with the word of the right one that they mostly come with. */
  readonly partners: ReadonlyMap<string, Partner>;
  /** Of pairs whose left word is one of the right column's too: the share in which it is the same one; 1 without such. */
  readonly same: number;
}

export interface Partner {
  readonly word: string;
  /** Pairs with the left word, and those of them with this partner. */
  readonly pairs: number;
  readonly met: number;
}

/** Counts the words of two columns against each other; null where one of them has no small vocabulary. */
export function contingencyOf(
  left: ColumnProfile,
  right: ColumnProfile,
  pairs: readonly RowPair[],
): Contingency | null {
  if (!isVocabulary(left) || !isVocabulary(right)) return null;
  const words = pairs.flatMap((pair): [string, string][] => {
    const a = fold(pair.left.get(left.name) ?? '', left.form);
    const b = fold(pair.right.get(right.name) ?? '', right.form);
    return a === '' || b === '' ? [] : [[a, b]];
  });
  const table = new Map<string, Map<string, number>>();
  const ofRight = new Map<string, number>();
  for (const [a, b] of words) {
    const row = table.get(a) ?? new Map<string, number>();
    table.set(a, row.set(b, (row.get(b) ?? 0) + 1));
    ofRight.set(b, (ofRight.get(b) ?? 0) + 1);
  }
  const partners = new Map<string, Partner>();
  for (const [a, row] of [...table].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const [best] = [...row].sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1));
    if (best === undefined) continue;
    const [word, met] = best;
    partners.set(a, { word, met, pairs: [...row.values()].reduce((sum, n) => sum + n, 0) });
  }
  const known = [...partners.values()].reduce((sum, { met }) => sum + met, 0);
  const guessed = Math.max(0, ...ofRight.values());
  const shared = words.filter(([a]) => right.tops.some(({ folded }) => folded === a));
  return {
    pairs: words.length,
    information: words.length === guessed ? 0 : (known - guessed) / (words.length - guessed),
    partners,
    same: shared.length === 0 ? 1 : shared.filter(([a, b]) => a === b).length / shared.length,
  };
}

import { fold } from './folds.js';
import { type ColumnProfile, isVocabulary } from './profile.js';
import type { SharedPair } from './shared.js';

/** A vocabulary: each word with its spellings, the usual one first. */
export interface VocabularyProposal {
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** By column: the spelling that it usually has for a word, where that is not the first one. */
  readonly usual: ReadonlyMap<ColumnProfile, ReadonlyMap<string, string>>;
  readonly doubt: string | null;
}

/** Words go together when so many of the pairs with one of them have the other. */
const TOGETHER = 0.6;
const LEAST_MET = 5;

/** The words that some columns have in common; null where the columns are better left as texts. */
export function vocabularyOf(
  columns: readonly ColumnProfile[],
  pairs: readonly SharedPair[],
): VocabularyProposal | null {
  if (!columns.every((column) => isVocabulary(column) && column.spellings.size > 0)) return null;
  const wordOf = new Map<string, string>();
  const spellings = new Map<string, string[]>();
  const assumed: string[] = [];
  for (const column of columns) {
    // What a column's own words are is known before any of them is taken for another one's.
    const raws = [...column.spellings.keys()].map((raw) => ({ raw, folded: fold(raw, column.form) }));
    const partners = new Map(
      raws.map(({ folded }) => [folded, partnerOf(folded, column, pairs, wordOf)] as const),
    );
    for (const { raw, folded } of raws) {
      const partner = partners.get(folded) ?? null;
      if (!wordOf.has(folded) && partner !== null) assumed.push(`${folded} = ${partner}`);
      const word = wordOf.get(folded) ?? partner ?? folded;
      wordOf.set(folded, word);
      const known = spellings.get(word) ?? [];
      if (!known.includes(raw)) known.push(raw);
      spellings.set(word, known);
    }
  }
  if ([...spellings].every(([word, raws]) => raws.length === 1 && raws[0] === word) && assumed.length === 0)
    return null;
  if ([...spellings.values()].every((raws) => raws.length === 1)) return null;
  const usual = new Map(columns.map((column) => [column, usualOf(column, spellings, wordOf)] as const));
  const doubt = assumed.length === 0 ? null : `by the pairs: ${[...new Set(assumed)].join(', ')}`;
  return { words: spellings, usual, doubt };
}

/** The word of an earlier column that comes with a word of this one; null where it has a counterpart of its own. */
function partnerOf(
  folded: string,
  column: ColumnProfile,
  pairs: readonly SharedPair[],
  wordOf: ReadonlyMap<string, string>,
): string | null {
  if (wordOf.has(folded)) return null;
  for (const { left, right, agreement } of pairs) {
    const partners = agreement.words?.partners;
    if (partners === undefined || (agreement.words?.same ?? 0) < 0.5) continue;
    if (column === right) {
      const [best] = [...partners]
        .filter(([word, one]) => one.word === folded && one.met / one.pairs >= TOGETHER && wordOf.has(word))
        .sort(([, a], [, b]) => b.met - a.met);
      if (best !== undefined && best[1].met >= LEAST_MET) return wordOf.get(best[0]) ?? null;
    }
    if (column === left) {
      const one = partners.get(folded);
      if (
        one !== undefined &&
        one.met >= LEAST_MET &&
        one.met / one.pairs >= TOGETHER &&
        wordOf.has(one.word)
      )
        return wordOf.get(one.word) ?? null;
    }
  }
  return null;
}

/** The spellings that a column has most often, where they are not the first ones. */
function usualOf(
  { spellings: own, form }: ColumnProfile,
  spellings: ReadonlyMap<string, readonly string[]>,
  wordOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const usual = new Map<string, string>();
  for (const raw of own.keys()) {
    const word = wordOf.get(fold(raw, form));
    if (word === undefined || usual.has(word)) continue;
    usual.set(word, raw);
  }
  for (const [word, raw] of usual) if (spellings.get(word)?.[0] === raw) usual.delete(word);
  return usual;
}

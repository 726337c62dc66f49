import type { Column } from './column.js';
import { type Giver, isGiver } from './givers.js';
import { type Golden, wordsOf } from './golden.js';
import type { ConversionModel } from './model.js';
import { refuse } from './refuse.js';

/** A vocabulary: what it is called with are columns that hold its words, in whichever spelling. */
export interface Words<Word extends string> {
  (...givers: readonly (Column<string> | Giver<Word>)[]): Golden<Word>;
  /**
   * A column that nearly always means something else by a word than its first spelling, which costs no residue then.
   *
   * @param usual - the spelling, by word
   */
  from(column: Column<string>, usual: Readonly<Partial<Record<Word, string>>>): Giver<Word>;
}

/**
 * A vocabulary of few words, each with its spellings in the legacy tables: as a list, or as a text that is cut at blanks.
 * The first spelling is what a source means by the word unless {@link Words.from} says otherwise; any other is kept as
 * residue. A word is a spelling of its own. What is none of them gives no value, and is kept.
 *
 * @param options - `unknown`: the word that such a value is taken for instead; a plan names the values, which are kept
 * @throws DrydockError `bad-declaration` where one spelling is of two words
 */
export function words<Word extends string>(
  spellings: Readonly<Record<Word, string | readonly string[]>>,
  { unknown = null }: { readonly unknown?: NoInfer<Word> | null } = {},
): Words<Word> {
  const all = Object.keys(spellings) as Word[];
  const listed = (word: Word) => {
    const given = spellings[word];
    return typeof given === 'string' ? given.split(/\s+/).filter((one) => one !== '') : given;
  };
  const byRaw = new Map<string, Word>();
  for (const word of all)
    for (const raw of listed(word)) {
      const known = byRaw.get(raw);
      if (known !== undefined && known !== word)
        refuse(`"${raw}" is a spelling of both ${known} and ${word}.`, 'Leave it to one of them.');
      byRaw.set(raw, word);
    }
  for (const word of all) if (!byRaw.has(word)) byRaw.set(word, word);
  const first = Object.fromEntries(all.map((word) => [word, listed(word)[0] ?? word]));
  const conversion = (usual: Readonly<Record<string, string>>): ConversionModel => ({
    kind: 'words',
    words: byRaw,
    usual: { ...first, ...usual },
    otherwise: unknown,
  });
  const giver = ({ table, column }: Column, usual: Readonly<Record<string, string>> = {}): Giver<Word> => ({
    giver: { table, column, conversion: conversion(usual), keepsOwn: false },
  });
  const from: Words<Word>['from'] = (column, usual) => {
    const given = new Map(Object.entries<string | undefined>(usual));
    for (const [word, raw] of given)
      if (raw === undefined || byRaw.get(raw) !== word)
        refuse(`"${raw}" is no spelling of ${word}.`, 'Add it to the words.');
    return giver(column, Object.fromEntries(given) as Record<string, string>);
  };
  const vocabulary = (...givers: readonly (Column<string> | Giver<Word>)[]) =>
    wordsOf(
      givers.map((given) => (isGiver(given) ? given : giver(given))),
      all,
    );
  return Object.assign(vocabulary, { from });
}

import type { Column } from './column.js';
import { converted, type Giver, nameOf } from './givers.js';
import type { SplitModel } from './model.js';
import { refuse } from './refuse.js';
import { printedText } from './unless-is.js';

/** What a part of a word may be. */
export type PartValue = string | number | boolean | null;

type WordsOf = Readonly<Record<string, Readonly<Record<string, PartValue>>>>;
type PartsOf<Says extends WordsOf> = { [Word in keyof Says]: keyof Says[Word] }[keyof Says] & string;
type ValueOf<Says extends WordsOf, Part extends string> = {
  [Word in keyof Says]: Part extends keyof Says[Word] ? Says[Word][Part] : never;
}[keyof Says];

/** A giver for each part of a column's words. */
export type Splits<Says extends WordsOf> = {
  readonly [Part in PartsOf<Says>]: Giver<Exclude<ValueOf<Says, Part>, null>>;
};

/**
 * One word that gives several columns: `const status = splits(shop.status, { open: { state: 'open', paid: false }, settled:
 * { state: 'closed', paid: true } })`, and then `text(status.state, crm.state)` and `boolean(status.paid, crm.paid)`. The word
 * follows from all of them, without residue where they say what it says. A part that is null or left out has no value.
 *
 * Each part goes into one column. Of words that say the same the first is the one that needs no residue; a word that is not
 * named gives no values, and is residue.
 *
 * @throws DrydockError `bad-declaration` for a word that says nothing, and without words
 */
export function splits<const Says extends WordsOf>(
  column: Column<string | number | boolean>,
  words: Says,
): Splits<Says> {
  const all = Object.entries<WordsOf[string]>(words).map(([word, says]) => {
    const said = Object.entries(says).flatMap(([part, value]) =>
      value === null ? [] : [[part, printedText(value)] as const],
    );
    if (said.length === 0)
      refuse(`Word ${word} of ${nameOf(column)} says nothing.`, 'Leave it out: it is kept as residue.');
    return [word, new Map(said)] as const;
  });
  if (all.length === 0) refuse(`${nameOf(column)} is split into nothing.`, 'Name what its words say.');
  const parts = [...new Set(all.flatMap(([, says]) => [...says.keys()]))];
  const split: SplitModel = { parts, words: new Map(all) };
  return Object.fromEntries(
    parts.map((part) => [part, converted(column, { kind: 'split', part, split })]),
  ) as Splits<Says>;
}

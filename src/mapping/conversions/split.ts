import { encode, NULL } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import type { Beside, ConversionFor } from '../mapping.js';
import { wordForm } from './word-form.js';

/** A golden column that a part of a word goes into. */
export interface SplitPart {
  /** The golden column. */
  readonly target: string;
  /** Its type in SQL. */
  readonly type: string;
  /** What the part is, by word, for each that says something of it: as a golden value, and as its text. */
  readonly values: ReadonlyMap<string, { readonly golden: string; readonly text: string }>;
}

/**
 * A word that several golden columns get their values of, and that follows from all of them. Of words that say the same the
 * first one needs no residue; nor does a word that is silent on a part, where that golden column has no value.
 *
 * @param words in their order
 * @param parts all of them
 * @param part the one of this conversion's golden column
 */
export function split(words: readonly string[], parts: readonly SplitPart[], part: SplitPart): ConversionFor {
  const says = (word: string) => JSON.stringify(parts.map(({ values }) => values.get(word)?.golden ?? null));
  const first = new Map([...words].reverse().map((word) => [says(word), word]));
  const canonical = words.filter((word) => first.get(says(word)) === word);
  const byRaw = new Map(words.map((word) => [encode(word), word]));
  const given = new Map(words.map((word) => [encode(word), part.values.get(word)?.golden ?? null]));
  return ({ type }) => {
    const form = wordForm(type);
    if (form === null) return null;
    const isCanonical = (value: string) => {
      const word = byRaw.get(form.read(value));
      return word !== undefined && first.get(says(word)) === word && form.prints(encode(word), value);
    };
    const holdsPart = ({ target, type: of, values }: SplitPart, word: string, beside: Beside) => {
      const value = values.get(word);
      const golden = beside.golden(target);
      return value === undefined ? `${golden} is null` : `${golden} = ${literal(value.text)}::${of}`;
    };
    const raw = (beside: Beside) => {
      const cases = canonical.map(
        (word) =>
          `when ${parts.map((one) => holdsPart(one, word, beside)).join(' and ')} then ${literal(word)}`,
      );
      return `(case ${cases.join(' ')} end)`;
    };
    return {
      forward: (value) => given.get(form.read(value)) ?? null,
      exact: isCanonical,
      none: (value) => value === NULL || (given.get(form.read(value)) === null && isCanonical(value)),
      inverse: (_golden, beside) => form.sql(raw(beside)),
      holds: (_golden, beside) => `(${raw(beside)} is not null and ${form.holds(raw(beside))})`,
      holdsNone: (beside) =>
        `(${raw(beside)} is not null or num_nonnulls(${parts.map(({ target }) => beside.golden(target)).join(', ')}) = 0)`,
    };
  };
}

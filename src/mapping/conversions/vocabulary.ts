import { encode } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import type { ConversionFor } from '../mapping.js';
import { wordForm } from './word-form.js';

/**
 * A vocabulary of many spellings that becomes one of few words.
 *
 * @param words raw word -> golden word; a raw word that is not listed becomes `otherwise`, which may be none
 * @param usual golden word -> the raw word that this table nearly always means by it: rows that hold it need no residue
 */
export function vocabulary(
  words: ReadonlyMap<string, string>,
  otherwise: string | null,
  usual: Readonly<Record<string, string>>,
): ConversionFor {
  const meanings = new Map([...words].map(([raw, word]) => [encode(raw), encode(word)]));
  const unknown = otherwise === null ? null : encode(otherwise);
  const usualWords = new Map(Object.entries(usual).map(([word, raw]) => [encode(word), encode(raw)]));
  return ({ type }) => {
    const form = wordForm(type);
    if (form === null) return null;
    const cases = Object.entries(usual).map(([word, raw]) => `when ${literal(word)} then ${literal(raw)}`);
    const forward = (value: string) => meanings.get(form.read(value)) ?? unknown;
    const raw = (golden: string) => (cases.length === 0 ? 'null' : `(case ${golden} ${cases.join(' ')} end)`);
    return {
      forward,
      exact(value) {
        const word = forward(value);
        const written = word === null ? undefined : usualWords.get(word);
        return written !== undefined && form.prints(written, value);
      },
      inverse: (golden) => form.sql(raw(golden)),
      holds: (golden) => `(${raw(golden)} is not null and ${form.holds(raw(golden))})`,
    };
  };
}

import { type Given, type Giver, giverOf, nameOf } from './givers.js';
import { refuse } from './refuse.js';

/**
 * A default that is not stored: a value that the column holds where nobody has said anything. It gives way like a null, and
 * the source gets it back where no other one has a value, without residue; a null of that column is residue then.
 * `text(unlessIs(shop.locale, 'en'), crm.language)`.
 *
 * @param value as the column prints it: of `numeric(10,2)` it is `'0.00'`
 * @throws DrydockError `bad-declaration` where the value is computed, split or chosen by another column
 */
export function unlessIs<T>(given: Given<T>, value: string | number | boolean): Giver<T> {
  const { conversion: of, ...giver } = giverOf(given);
  if (of.kind === 'computed' || of.kind === 'split' || of.kind === 'when' || of.kind === 'unless')
    refuse(
      `A default of ${nameOf(giver).replaceAll('\0', '')} cannot be left out, since its value is ${NOT_PLAIN[of.kind]}.`,
      'Say unlessIs() of the column itself, or within when().',
    );
  return { giver: { ...giver, conversion: { kind: 'unless', is: printedText(value), of } } };
}

const NOT_PLAIN = {
  computed: 'worked out by the server',
  split: 'a part of a word',
  when: 'chosen by another column',
  unless: 'left out for another default',
} as const;

/** As the server prints it: truths as `t` and `f`. */
export function printedText(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);
}

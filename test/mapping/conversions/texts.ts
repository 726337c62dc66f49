import fc from 'fast-check';
import { LONG_TEXTS, TINY_TEXTS } from '../../../fixtures/odd/texts.js';

/** Any text that Postgres can hold: well formed, without NUL. */
export const anyText = fc.oneof(
  fc.constantFrom(...TINY_TEXTS),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
  // What COPY escapes, side by side with letters that its escapes are made of.
  fc.string({ unit: fc.constantFrom('\b', '\f', '\n', '\r', '\t', '\v', '\\', 'n', 'N', 't', 'é', 'ß') }),
);

export const NASTY_TEXTS: readonly string[] = [...TINY_TEXTS, ...LONG_TEXTS];

/** Cuts to a number of characters as Postgres counts them. */
export function short(value: fc.Arbitrary<string>, characters: number): fc.Arbitrary<string> {
  return value.map((text) => [...text].slice(0, characters).join(''));
}

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { firstWords, firstWordsSql } from '../../src/mapping/first-words.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { textTwin } from '../support/twins.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('first_words')).url);
});

const characters = (text: string) => [...text].length;
/** Words, blanks and characters of two units, in runs as long as what is looked at. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(' ', '  ', '\n', '\t', '\v', '\f', '\r', '\u00a0', '\u3000', '\u{1F680}', 'e\u0301'),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.nat(90).map((n) => 'x'.repeat(n)),
      fc.nat(90).map((n) => '\u{1F680}'.repeat(n)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join('').toWellFormed().replaceAll('\0', ''));

test('is never longer than asked for, well formed, and the beginning of the text', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 81 }), (value, length) => {
      const words = firstWords(value, length);
      const plain = value.replace(/[ \t\n\v\f\r]+/g, ' ').replace(/^ | $/g, '');
      expect(words.isWellFormed()).toBe(true);
      if (characters(plain) <= length) {
        expect(words).toBe(plain);
        return;
      }
      expect(words.endsWith('…')).toBe(true);
      expect(characters(words)).toBeLessThanOrEqual(length + 1);
      expect(plain.startsWith(words.slice(0, -1))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['one two three', 7, 'one two…'],
  ['one two three', 8, 'one two…'],
  ['  one\n\ttwo  ', 7, 'one two'],
  ['incomprehensible', 5, 'incom…'],
  ['a incomprehensible', 10, 'a incompre…'],
  ['', 5, ''],
  ['ab\u{1F680}cd', 3, 'ab\u{1F680}…'],
])('%j, %i: %s', (value, length, words) => {
  expect(firstWords(value, length)).toBe(words);
});

describe('in SQL it is the same', () => {
  test.each([2, 3, 40, 80, 81])('for %i characters', async (length) => {
    const problems = [
      'x'.repeat(81),
      'x'.repeat(80),
      `${'x'.repeat(39)} ${'y'.repeat(60)}`,
      `${'x'.repeat(40)} ${'y'.repeat(60)}`,
      `${'x'.repeat(41)} ${'y'.repeat(60)}`,
      `${'x'.repeat(80)} y`,
      '\u{1F680}'.repeat(60),
      '\u{1F680}'.repeat(81),
      '\u{1F680}'.repeat(162),
      ' \n\t',
      '',
      "it's \\n 100 %",
    ];
    const values = [...problems, ...fc.sample(text, { numRuns: 400, seed: length })];
    await textTwin(session, values, {
      sql: (value) => firstWordsSql(value, length),
      script: (value) => firstWords(value, length),
    });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, NULL } from '../../src/copy-binary/values.js';
import { fingerprint, foldText } from '../../src/transform/fingerprint.js';

const fold = (text: string) => foldText(encode(text));
const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll('\0', ''));

describe('the same text, as two people would call it', () => {
  test.each([
    ['letter case', 'Budget Tracker', 'bUDGET tRACKER'],
    ['white space', 'a  b\tc\nd\u00a0e\u3000f', ' a b c d e f '],
    ['punctuation', 'Budget-tracker: for students!', 'budget tracker for students'],
    ['typographic punctuation', '“it’s” — new…', '"it\'s" - new...'],
    ['NFKC', 'ﬁne ＡＢＣ ①', 'fine ABC 1'],
    ['combining characters', 'cafe\u0301', 'caf\u00e9'],
    ['sharp s', 'Straße', 'STRASSE'],
    ['capital sharp s', 'STRAẞE', 'strasse'],
    ['final sigma', 'ΟΔΟΣ', 'οδος'],
    ['dotted capital I', '\u0130stanbul', 'I\u0307stanbul'],
    ['a letter whose upper case is three characters', '\u0390', '\u03aa\u0301'],
    ['backslashes', 'a\\b\tc', 'A\\B C'],
  ])('%s', (_what, one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  test('of any text: in either case, with other white space, folded once more', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(fold(value.toUpperCase())).toBe(fold(value));
        expect(fold(` \n${value}\t. `)).toBe(fold(value));
        expect(fold(value.normalize('NFD'))).toBe(fold(value));
        expect(fold(fold(value))).toBe(fold(value));
      }),
      { numRuns: 2000 },
    );
  });
});

test('every character is folded like its upper and lower case', () => {
  const odd: string[] = [];
  for (let code = 1; code < 0x20000; code += 1) {
    const char = String.fromCodePoint(code);
    const forms = [char.toUpperCase(), char.toLowerCase()].filter((form) => form !== char);
    if (forms.some((form) => fold(`x${form}x`) !== fold(`x${char}x`))) odd.push(char);
  }
  expect(odd).toEqual([]);
});

test.each([
  ['other words', 'budget tracker', 'budget planner'],
  ['other numbers', 'top 10', 'top 1.0'],
  ['accents', 'resume', 'résumé'],
  ['symbols', 'c++', 'c'],
  ['order', 'a b', 'b a'],
])('another text: %s', (_what, one, other) => {
  expect(fold(one)).not.toBe(fold(other));
});

test('null is the empty text', () => {
  expect(foldText(NULL)).toBe('');
  expect(fold('\\N')).not.toBe('');
  expect(fold('...')).toBe('');
});

test('parts are framed: what belongs to one does not pass for the other', () => {
  const of = (...parts: string[]) => fingerprint(parts.map(encode));
  expect(of('a|b', 'c')).not.toBe(of('a', 'b|c'));
  expect(of('ab', 'c')).not.toBe(of('a', 'bc'));
  expect(of('', 'a')).not.toBe(of('a', ''));
  expect(of('a')).not.toBe(of('a', ''));
  expect(of('1:a', 'b')).not.toBe(of('', 'a1:b'));
  expect(of('Title', 'The problem.')).toBe(of('title!', 'the  problem'));
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a1: ]{0,4}$/), { maxLength: 3 }),
      fc.array(fc.stringMatching(/^[a1: ]{0,4}$/), { maxLength: 3 }),
      (one, other) => {
        const same =
          one.length === other.length && one.every((part, at) => fold(part) === fold(other[at] ?? ''));
        expect(of(...one) === of(...other)).toBe(same);
      },
    ),
    { numRuns: 500 },
  );
});

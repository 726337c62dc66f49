import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableJson, quoted } from '../../src/format/printable.js';

const anyText = fc.string({ unit: 'binary' });
const HAZARD = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('printable', () => {
  test.each([
    ['plain text, ünïcode 日本 👍', 'plain text, ünïcode 日本 👍'],
    ['\x1b[31mred\x1b[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['two\nlines\r\n\tand a tab', String.raw`two\nlines\r\n\tand a tab`],
    ['\u202egnp.exe', String.raw`\u{202e}gnp.exe`],
    ['\u2066a\u2069\u200f', String.raw`\u{2066}a\u{2069}\u{200f}`],
    ['\u009b31m C1', String.raw`\x9b31m C1`],
    ['a\u2028b\u2029', String.raw`a\u{2028}b\u{2029}`],
    ['\u200bzero\ufeff', String.raw`\u{200b}zero\u{feff}`],
    ['half \ud83d of a pair', String.raw`half \u{d83d} of a pair`],
    ['\u{e0041}', String.raw`\u{e0041}`],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('nothing that a terminal obeys gets through', () => {
    fc.assert(fc.property(anyText, (text) => !HAZARD.test(printable(text))));
  });
});

describe('quoted', () => {
  test('tells apart what printable does not', () => {
    expect(quoted('\n')).toBe(String.raw`'\n'`);
    expect(quoted('\\n')).toBe(String.raw`'\\n'`);
    expect(quoted("it's")).toBe(String.raw`'it\'s'`);
    expect(quoted('')).toBe("''");
  });

  test('can be read back, so no two values look the same', () => {
    fc.assert(fc.property(anyText, (text) => unquoted(quoted(text)) === text));
  });
});

describe('printableJson', () => {
  test('is the same value, and safe on a terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = printableJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text.replaceAll('\n', '')).not.toMatch(HAZARD);
      }),
    );
  });
});

function unquoted(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(x(..)|u\{([^}]+)\}|.)/gsu, (_, one: string, x: string, u: string) => {
      if (x !== undefined || u !== undefined) return String.fromCodePoint(Number.parseInt(x ?? u, 16));
      return { n: '\n', r: '\r', t: '\t' }[one] ?? one;
    });
}

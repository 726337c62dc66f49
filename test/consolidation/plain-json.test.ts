import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlainJson } from '../../src/consolidation/plain-json.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('plain JSON', () => {
  test.each([
    '{}', '[]', ' [ ] ', '""', '0', '-0', '-0.5', '10.250', 'true', ' null\n', '{"a": 1, "b":[true,false , null],"":""}',
    '\t{ "price_usd" : 38.67 ,\r\n"demand":"rising 3e5"}', '"é \u007f"', '['.repeat(32) + ']'.repeat(32),
  ])('is %j', (text) => {
    expect(isJson(text)).toBe(true);
    expect(isPlainJson(text)).toBe(true);
  }); // biome-ignore format: a list

  test.each([
    '', ' ', '{', '[', '"', '"a', '-', '+1', '01', '1.', '.5', '-a', '1 2', '[1,]', '[,1]', '[1 2]', '{a:1}', '{"a"}', '{"a":}', '{"a":1,}',
    '{"a" 1}', '{"a":1]', '[1}', 'nul', 'nulll', 'True', 'NaN', "'a'", '"\n"', '"\t"', '"\u0000"', '\u00a0{}', '\ufeff{}', '\f1', '{}x', '[]]',
  ])('is not %j, which is no JSON', (text) => {
    expect(isJson(text)).toBe(false);
    expect(isPlainJson(text)).toBe(false);
  }); // biome-ignore format: a list

  test.each(['"\\u0000"', '"\\n"', '1e5', '1E400', '-1.5e-3', '[1e5]', '['.repeat(33) + ']'.repeat(33)])(
    'is not %j, which has to be looked at more closely',
    (text) => {
      expect(isJson(text)).toBe(true);
      expect(isPlainJson(text)).toBe(false);
    },
  );

  test('is JSON without escapes and exponents, whatever was done to it', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      ' ',
      '0',
      '1',
      '-',
      '.',
      'e',
      '\\',
      'a',
      'true',
      'null',
      '"a":',
      '"b"',
      '\n',
      'é',
    ];
    const texts = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join('')),
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...pieces)).map(([text, at, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + 1);
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const unescaped = text.replace(/"[^"\\]*"/g, '""');
        const isPlain = isJson(text) && !text.includes('\\') && !/\d[eE]/.test(unescaped);
        expect(isPlainJson(text)).toBe(isPlain);
      }),
      { numRuns: 20_000 },
    );
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CORE_FUNCTION_DOCUMENTS,
  CORE_FUNCTION_TEXTS,
  JSON_DOCUMENTS,
  JSONB_DOCUMENTS,
} from '../../../fixtures/odd/json.js';
import type { Session } from '../../../src/db/session.js';
import { stringList } from '../../../src/mapping/conversions/string-list.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { conversionBench, lost } from './round-trip.js';
import { anyText, NASTY_TEXTS, short } from './texts.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('lists')).url);
});

const jsonText = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.stringify(value))
  .map((text) => text.replaceAll('\\u0000', '').replaceAll(/\\ud[89a-f]../gi, ''));
const listText = fc.array(anyText, { maxLength: 4 }).map((items) => JSON.stringify(items));
const numbers = fc
  .array(fc.constantFrom('1.10', '-0', '1e400', '12345678901234567890', '0.000', '1E5'))
  .map((items) => `[${items.join(', ')}]`);
const document = fc.oneof(
  jsonText,
  listText,
  numbers,
  // As two of the applications wrote it: a JSON string that holds a JSON array, or a comma list.
  fc.oneof(listText, jsonText, short(anyText, 20)).map((text) => JSON.stringify(text)),
  listText.map((text) => JSON.stringify(JSON.stringify(text))),
);

const DOCUMENTS = [
  ...CORE_FUNCTION_DOCUMENTS,
  ...JSONB_DOCUMENTS,
  '["a",["b, c",{"d": [1]}],"e]"]',
  '["]", "[", "{", "}", "\\"", "\\\\"]',
  '["\\u0001\\u001f\\u007f"]',
  '["\\ud83d\\ude00"]',
  '[[], {}, [[]]]',
  `[${'['.repeat(500)}${']'.repeat(500)}]`,
  '"  [\\"a\\"]  "',
  '"[\\"a\\",]"',
  '"\\u00a0a\\u00a0, \\ufeffb"',
];
/** What json and text take, and jsonb does not. */
const LOOSE = [
  '["\\u0000"]',
  '"\\u0000"',
  '["\\ud800"]',
  '["\\ude00\\ud83d"]',
  '"\\ud800"',
  '[1e999999]',
  '{"a": 1, "a": 2}',
];
const TEXTS = [
  'a, b,, c ',
  '[broken',
  '"half',
  '"',
  '""',
  '" "',
  '["a"] trailing',
  '\u00a0[1]\u00a0',
  "{'a'}",
];

interface Column {
  readonly nasty: readonly string[];
  readonly value: fc.Arbitrary<string>;
}
const COLUMNS: Readonly<Record<string, Column>> = {
  jsonb: { nasty: DOCUMENTS, value: document },
  json: { nasty: [...DOCUMENTS, ...JSON_DOCUMENTS, ...LOOSE], value: document },
  text: {
    nasty: [...DOCUMENTS, ...JSON_DOCUMENTS, ...LOOSE, ...TEXTS, ...CORE_FUNCTION_TEXTS, ...NASTY_TEXTS],
    value: fc.oneof(document, anyText),
  },
  'character varying': {
    nasty: [...DOCUMENTS, ...LOOSE, ...TEXTS, ...CORE_FUNCTION_TEXTS],
    value: fc.oneof(document, anyText),
  },
  'char(30)': { nasty: TEXTS, value: short(fc.oneof(document, anyText), 30) },
};

const STRINGS = `g is null or jsonb_typeof(g) = 'array' and not jsonb_path_exists(g, 'strict $[*] ? (@.type() <> "string")', silent => true)`;

describe.each(Object.entries(COLUMNS))('%s', (type, { nasty, value }) => {
  test('every list comes back, and its golden value is an array of strings', async () => {
    const bench = await conversionBench(session, stringList, type, 'jsonb');
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 100, maxLength: 200 }), async (values) => {
        const converted = await bench.convert([...nasty, ...values], STRINGS);
        expect(lost(converted)).toEqual([]);
        expect(converted.filter(({ oracle }) => oracle !== 'true')).toEqual([]);
        // No residue for nothing. (A cast to text cuts off the blanks of a char(n), which its own text has.)
        if (type !== 'char(30)')
          expect(converted.filter(({ legacy, golden, exact }) => exact !== (legacy === golden))).toEqual([]);
        for (const { golden } of converted)
          for (const item of JSON.parse(golden ?? '[]') as string[]) expect(item).toBe(item.trim());
      }),
      { numRuns: 2 },
    );
  });
});

test('the three spellings are one list', async () => {
  const bench = await conversionBench(session, stringList, 'text', 'jsonb');
  const spellings = ['["one", "two", "three"]', '"[\\"one\\", \\"two\\", \\"three\\"]"', ' one, two,three '];
  const converted = await bench.convert(spellings);
  expect(converted.map(({ golden }) => golden)).toEqual(Array(3).fill('["one", "two", "three"]'));
  expect(converted.map(({ exact }) => exact)).toEqual([true, false, false]);
});

test('one value is not taken for the one before it', async () => {
  const bench = await conversionBench(session, stringList, 'text', 'jsonb');
  const converted = await bench.convert(['a ,b', 'c ,d', 'a ,b', '{ }', '[1]', '[2]']);
  expect(converted.map(({ golden }) => golden)).toEqual([
    '["a", "b"]',
    '["c", "d"]',
    '["a", "b"]',
    null,
    '["1"]',
    '["2"]',
  ]);
});

test('objects, numbers and booleans are no lists', async () => {
  const bench = await conversionBench(session, stringList, 'jsonb', 'jsonb');
  const converted = await bench.convert(['{"a": 1}', '1', 'true', 'null', '{}']);
  expect(converted.map(({ golden, exact }) => [golden, exact])).toEqual(Array(5).fill([null, false]));
});

test('numbers and nested values keep every digit', async () => {
  const bench = await conversionBench(session, stringList, 'jsonb', 'jsonb');
  const [row] = await bench.convert(['[1.10, 12345678901234567890, {"a": [1, 2]}, null, true]']);
  expect(JSON.parse(row?.golden ?? '')).toEqual([
    '1.10',
    '12345678901234567890',
    '{"a": [1, 2]}',
    'null',
    'true',
  ]);
});

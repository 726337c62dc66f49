import { expect, test } from 'vitest';
import { CORE_FUNCTION_DOCUMENTS, CORE_FUNCTION_TEXTS, JSON_DOCUMENTS } from '../../../fixtures/odd/json.js';
import { stringList } from '../../../src/mapping/conversions/string-list.js';
import { functionList } from '../../../src/redditharbor/questions/legacy/function-list.js';
import { conversionBench } from '../../mapping/conversions/round-trip.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';

const DOCUMENTS = [
  ...CORE_FUNCTION_DOCUMENTS,
  '["plain", "two words"]',
  '"[\\"plain\\", \\"two words\\"]"',
  '"plain,  two words"',
  '"{\\"plain\\": 1}"',
  '["plain", ["b, c", 1], {"d": null}, "e]"]',
  '["\\"", "\\\\", "plain"]',
  '"  [\\"plain\\"]  "',
];
/** What json and text take, and jsonb does not. */
const LOOSE = ['"\\ud800"', '"\\u0000"'];
const TEXTS = ['plain , two words', '"half', '"', ' "plain" ', '["plain"] trailing', "{'plain'}"];

test.each([
  ['jsonb', DOCUMENTS],
  ['json', [...DOCUMENTS, ...JSON_DOCUMENTS]],
  ['character varying', [...DOCUMENTS, ...JSON_DOCUMENTS, ...LOOSE, ...TEXTS, ...CORE_FUNCTION_TEXTS]],
])(
  'the legacy form of a question reads every spelling of a list as the loader does: %s',
  async (type, values) => {
    const session = await openSession((await createTestDatabase('function_lists')).url);
    const bench = await conversionBench(session, stringList, type, 'jsonb');
    const list = functionList('v::text', type);
    const converted = await bench.convert(values, `(${list} is not distinct from g)::text`);
    expect(converted.filter(({ oracle }) => oracle !== 'true')).toEqual([]);
  },
);

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decode, encode } from '../../../src/copy-binary/values.js';
import type { Session } from '../../../src/db/session.js';
import { goldenValue } from '../../../src/declare/golden-value.js';
import type { ConversionModel, GoldenType } from '../../../src/declare/model.js';
import { canonicalJson } from '../../../src/mapping/conversions/canonical-json.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { said } from './round-trip.js';
import { anyText, NASTY_TEXTS, short } from './texts.js';
import { castBench, expectTwins } from './twins.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('plain')).url);
  await session.execute(`create domain public.label as varchar(30);
    create type public.mood as enum ('sad', 'ok', 'très bien', 'yes', 'no', 'X Y');
    create domain public.feeling as public.mood;
    create domain public.flag as boolean`);
});

const LENGTHS = {
  text: 300,
  'character varying': 300,
  'varchar(20)': 20,
  'char(20)': 20,
  bpchar: 300,
  name: 15,
  'public.label': 30,
};

describe.each(Object.entries(LENGTHS))('%s', (type, length) => {
  const nasty = NASTY_TEXTS.map((one) => [...one].slice(0, length).join(''));
  const values = [...nasty, ...fc.sample(short(anyText, length), 60), 'yes', 'no', 'Y', ' yes'];
  test('as text: every text comes back', async () => {
    const converted = await expectTwins(session, await castBench(session, type, 'text'), values, [
      ...NASTY_TEXTS.slice(0, 40),
      'a ',
      ' ',
    ]);
    const inexact = converted.filter(({ exact }) => !exact);
    // Blanks at the end of such a one are a part of it.
    expect(inexact.filter(({ legacy }) => type !== 'bpchar' || !legacy.endsWith(' ')).length).toBeLessThan(
      type === 'bpchar' ? values.length : 1,
    );
  });
  test('as truths and words', async () => {
    const truth = await castBench(session, type, 'boolean', {
      kind: 'truth',
      yes: ['yes', 'Y', 'très'],
      no: ['no', ''],
    });
    await expectTwins(session, truth, values);
    const words = await castBench(session, type, 'text', {
      kind: 'words', words: new Map([['yes', 'ja'], ['Y', 'ja'], ['no', 'nein'], ['é', 'straße']]), usual: { ja: 'yes', 'straße': 'é' }, otherwise: null,
    }); // biome-ignore format: a table
    const converted = await expectTwins(session, words, [...values, 'é'], ['ja', 'nein', 'straße', 'x']);
    expect(new Set(said(converted.slice(-5)))).toEqual(
      new Set(['ja exact', 'nein', 'ja', null, 'straße exact']),
    );
  });
  test('as uuids and documents', async () => {
    const uuids = [
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11',
      'a0eebc999c0b4ef8bb6d6bb9bd380a11',
      '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
    ];
    const short20 = (texts: readonly string[]) => texts.map((one) => [...one].slice(0, length).join(''));
    await expectTwins(
      session,
      await castBench(session, type, 'uuid'),
      short20([...values, ...uuids]),
      uuids.slice(0, 1),
    );
    await expectTwins(session, await castBench(session, type, 'jsonb'), short20([...values, ...JSONS]), [
      '{}',
      '[1]',
      '"a"',
    ]);
  });
});

const JSONS = [
  '{}', '[]', '{"a": 1}', '{"a":1}', '{"b": 1, "a": 2}', '{"aa": 1, "b": 2}', '{"b": 2, "aa": 1}', '{"a": 1, "a": 2}', '1', '1.0', '1.10', '-0', '-0.0', '1e5', '1E-3', '1.5e1', '1.50e1', '1e400', 'null', 'true',
  '"a"', '"\\u00e9"', '"é"', '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\/"', '"/"', '"\\n"', '"\\u001f"', '"\\u007f"', '[1,2]', '[1, 2]', ' [1, 2] ', '{"a": {"b": [null, true]}}', '', ' ', 'x', '{a: 1}', '[1,]',
  '{"é": 1, "zz": 2}', '{"zz": 2, "é": 1}', '"\u2028"', `${'['.repeat(300)}${']'.repeat(300)}`, '12345678901234567890.123456789', `1${'0'.repeat(60)}`,
]; // biome-ignore format: a list

describe('documents', () => {
  const json = fc.json({ noUnicodeString: false }).map((one) => one.toWellFormed());
  test.each(['json', 'jsonb', 'text'])('%s', async (type) => {
    const isSpelled = type !== 'jsonb';
    const some = fc.sample(json, 80).filter((one) => !one.includes('\\u0000') && !/\\ud[89a-f]/i.test(one));
    const known = JSONS.filter((one) => type === 'text' || isJson(one)).filter(
      (one) => isSpelled || !/\\u0000|\\ud800"|1e400/.test(one),
    );
    const converted = await expectTwins(
      session,
      await castBench(session, type, 'jsonb'),
      [...known, ...some],
      ['{"b": [1.10, {"x": null}]}'],
    );
    expect(converted.filter(({ exact }) => exact).length).toBeGreaterThan(8);
  });
  test('are written as jsonb prints them', async () => {
    const texts = [
      ...JSONS,
      ...fc.sample(json, 300),
      ...fc.sample(json, 100).map((one) => JSON.stringify(JSON.parse(one), null, 2)),
    ];
    for (const one of texts) {
      const canonical = canonicalJson(one);
      if (canonical === null) continue;
      const [row] = await session.query('select ($1::text)::jsonb::text as printed', [one]);
      expect([one, canonical]).toEqual([one, row?.printed]);
    }
    expect(texts.filter((one) => isJson(one) && canonicalJson(one) === null).length).toBeLessThan(12);
  });
});

function isJson(one: string): boolean {
  try {
    JSON.parse(one);
    return true;
  } catch {
    return false;
  }
}

test.each(['public.mood', 'public.feeling'])('an enum holds its words alone: %s', async (type) => {
  const values = ['sad', 'ok', 'très bien', 'yes', 'no', 'X Y'];
  const as = await expectTwins(session, await castBench(session, type, 'text'), values, ['happy', '', 'SAD']);
  expect(as.every(({ exact }) => exact)).toBe(true);
  const truth = await castBench(session, type, 'boolean', {
    kind: 'truth',
    yes: ['yes', 'ok'],
    no: ['no', 'sad'],
  });
  expect(said(await expectTwins(session, truth, values))).toEqual([
    'false',
    'true',
    null,
    'true exact',
    'false exact',
    null,
  ]);
});

test.each(['smallint', 'integer', 'bigint', 'uuid'])('%s as text, and codes', async (type) => {
  const values = type === 'uuid' ? ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'] : ['0', '1', '2', '-7', '32767'];
  const others = [
    '',
    'x',
    '01',
    '-0',
    '99999999999999999999',
    '1.0',
    ' 1',
    'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
    '9223372036854775808',
  ];
  const converted = await expectTwins(session, await castBench(session, type, 'text'), values, others);
  expect(converted.every(({ exact }) => exact)).toBe(true);
  if (type === 'uuid') return;
  const words: ConversionModel = {
    kind: 'words',
    words: new Map([
      ['0', 'new'],
      ['1', 'paid'],
      ['2', 'paid'],
    ]),
    usual: { new: '0', paid: '1' },
    otherwise: 'new',
  };
  expect(said(await expectTwins(session, await castBench(session, type, 'text', words), values))).toEqual([
    'new exact',
    'paid exact',
    'paid',
    'new',
    'new',
  ]);
  expect(
    said(
      await expectTwins(
        session,
        await castBench(session, type, 'boolean', { kind: 'truth', yes: ['1'], no: ['0'] }),
        values,
      ),
    ),
  ).toEqual(['false exact', 'true exact', null, null, null]);
});

test.each(['boolean', 'public.flag'])('%s', async (type) => {
  expect(said(await expectTwins(session, await castBench(session, type, 'boolean'), ['t', 'f']))).toEqual([
    'true exact',
    'false exact',
  ]);
});

test.each([
  ['text', ['jsonb', 'boolean', 'timestamptz', 'bytea', 'text[]', 'money', 'double precision']],
  ['integer', ['boolean', 'bytea', 'jsonb', 'date']],
  ['boolean', ['integer', 'text', 'bit']],
  ['date', ['integer', 'time', 'interval', 'public.mood']],
  ['uuid', ['bytea', 'integer', 'public.mood']],
  ['jsonb', ['integer', 'text[]', 'hstore_like', 'bytea']],
  ['score', ['numeric', 'integer']],
] as readonly (readonly [GoldenType, readonly string[]])[])(
  'what is no %s is refused',
  async (golden, types) => {
    for (const type of types.filter((one) => one !== 'hstore_like'))
      await expect(castBench(session, type, golden)).rejects.toThrow('no conversion');
  },
);

test('a constant is a value of its type, or none', () => {
  const CASES: readonly (readonly [GoldenType, string, string | null])[] = [
    ['text', 'é', encode('é')], ['text', '\0', null], ['integer', '7', '7'], ['integer', '2147483648', null], ['bigint', '2147483648', '2147483648'],
    ['numeric', '1.50', '1.50'], ['numeric', 'x', null], ['score', '7', '7.00'], ['score', '101', null], ['boolean', 'true', 't'], ['boolean', 'yes', null],
    ['date', '2000-01-02', '\0\0\0\x01'], ['date', 'today', null], ['timestamptz', '2000-01-01T00:00:00.000001Z', '\0\0\0\0\0\0\0\x01'], ['timestamptz', '2000-01-01 00:00:00', null],
    ['timestamp', '2000-01-01 00:00:00.000002', '\0\0\0\0\0\0\0\x02'], ['uuid', 'x', null], ['jsonb', '{"a":1}', '{"a": 1}'], ['jsonb', '{', null],
  ]; // biome-ignore format: a table
  for (const [type, text, value] of CASES)
    expect([type, text, goldenValue(type, text)]).toEqual([type, text, value]);
  expect(decode(goldenValue('text', 'é') ?? '')).toBe('é');
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { JSON_DOCUMENTS, JSONB_DOCUMENTS } from '../../fixtures/odd/json.js';
import { TINY_TEXTS } from '../../fixtures/odd/texts.js';
import { decoderOf, isReadable } from '../../src/copy-binary/decode.js';
import { decode, encode, NULL } from '../../src/copy-binary/values.js';
import type { Session } from '../../src/db/session.js';
import { type ColumnType, readTable } from '../../src/legacy/catalog.js';
import { textOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { type Sent, sentBy } from '../support/sent.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('decode')).url);
  await session.execute(`
    create type public.stage as enum ('new', 'in review', 'é''s "done"');
    create domain public.word as varchar(20);
    create domain public.score as numeric(5,2);
    create type public.pair as (a int, b text)`);
});

/** The type as the catalog tells it. */
async function typeOf(type: string): Promise<ColumnType> {
  await session.execute(`create table public.typed (v ${type})`);
  const table = await readTable(session, 'public', 'typed');
  await session.execute('drop table public.typed');
  if (table?.columns[0] === undefined) throw new Error(`no type ${type}`);
  return table.columns[0].type;
}

const decoded = async (type: string, sent: readonly Sent[]) => {
  const read = decoderOf(await typeOf(type));
  return sent.map(({ bytes }) => read(bytes));
};

/** Types whose values are what the server prints. */
const PRINTED: Readonly<Record<string, readonly string[]>> = {
  boolean: ['t', 'f', 'yes', 'off'],
  smallint: ['0', '1', '-1', '32767', '-32768', '255', '256'],
  integer: ['0', '1', '-1', '2147483647', '-2147483648', '65536', '13', '10'],
  bigint: ['0', '1', '-1', '9223372036854775807', '-9223372036854775808', '4294967296', '9007199254740993'],
  real: ['0.1', '-0', 'NaN', '1e6', '72.123456'],
  'double precision': ['0.1', '-0', '-Infinity', '1e15', '72.123456'],
  numeric: ['0.00', '-1.50', 'NaN', 'Infinity', '12345678901234567890.123'],
  'public.score': ['72.1', '-0'],
  text: [...TINY_TEXTS, '', '\\N', '\u2400', 'x'.repeat(100_000)],
  'varchar(30)': ['', 'ß', ' a '],
  'char(5)': ['', 'a', 'é'],
  name: ['a name'],
  'public.word': ['x', 'é'],
  'public.stage': ['new', 'in review', 'é\'s "done"'],
  json: [...JSON_DOCUMENTS],
  jsonb: [...JSONB_DOCUMENTS, '1', '"é"', 'null', '[]', '{"a": {"b": [1.10, null]}}'],
};

test.each(Object.entries(PRINTED))('%s: a value is what the server prints', async (type, values) => {
  expect(isReadable(await typeOf(type))).toBe(true);
  const sent = await sentBy(session, type, values);
  // Twice, for what is remembered.
  for (let turn = 0; turn < 2; turn += 1)
    expect((await decoded(type, sent)).map(decode)).toEqual(sent.map(({ text }) => text));
});

test.each([
  ['smallint', fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })],
  ['integer', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
] as const)('%s: any number is what the server prints', async (type, any) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(any as fc.Arbitrary<number | bigint>, { minLength: 300, maxLength: 500 }),
      async (values) => {
        const texts = values.map(String);
        expect(await decoded(type, await sentBy(session, type, texts))).toEqual(texts);
      },
    ),
    { numRuns: 3 },
  );
});

test('a uuid is its sixteen bytes', async () => {
  const text = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
  const [value = ''] = await decoded('uuid', await sentBy(session, 'uuid', [text]));
  expect(value).toHaveLength(16);
  expect(textOf('uuid', value)).toBe(text);
});

describe('a date', () => {
  /** The moments that dates are taken for, by the server. */
  const momentsOf = async (dates: readonly string[]) =>
    (await sentBy(session, 'timestamptz', dates)).map(({ bytes }) => bytes);

  test('is the moment at which it begins, in UTC', async () => {
    const dates = [
      'infinity', '-infinity', '2000-01-01', '1999-12-31', '2025-11-18', '1970-01-01', '0001-01-01', '0001-12-31 BC', '0044-03-15 BC',
      '4714-11-24 BC', '9999-12-31', '10000-01-01', '294276-12-31',
    ]; // biome-ignore format: a list
    expect(await decoded('date', await sentBy(session, 'date', dates))).toEqual(await momentsOf(dates));
  });

  test('of any year that moments have is that moment', async () => {
    const day = fc.integer({ min: -2_451_545, max: 106_751_982 });
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 200, maxLength: 300 }), async (days) => {
        const rows = await session.query(
          `select (date '2000-01-01' + d::int)::text as text from unnest(string_to_array($1::text, ',')) with ordinality t (d, n) order by n`,
          [days.join(',')],
        );
        const dates = rows.map(({ text }) => String(text));
        expect(await decoded('date', await sentBy(session, 'date', dates))).toEqual(await momentsOf(dates));
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  test('beyond the last moment is that one, which is still before infinity', async () => {
    const dates = ['294277-01-01', '300000-06-01', '5874897-12-31', 'infinity'];
    const [last, infinity] = await momentsOf(['294276-12-31 23:59:59.999999', 'infinity']);
    expect(await decoded('date', await sentBy(session, 'date', dates))).toEqual([last, last, last, infinity]);
  });
});

test('moments are the bytes of timestamptz, with a zone or without', async () => {
  const moments = [
    'infinity',
    '-infinity',
    '2025-11-18 12:34:56.000001',
    '0044-03-15 12:00:00 BC',
    '1999-12-31 23:59:59',
  ];
  const sent = await sentBy(session, 'timestamptz', moments);
  expect(await decoded('timestamptz', sent)).toEqual(sent.map(({ bytes }) => bytes));
  expect(await decoded('timestamp', await sentBy(session, 'timestamp', moments))).toEqual(
    sent.map(({ bytes }) => bytes),
  );
});

test.each<[string, string]>([
  ['"char"', 'x'],
  ['money', '1.50'],
  ['bytea', '\\x00ff'],
  ['interval', '1 day'],
  ['int4range', '[1,5)'],
  ['text[]', '{a,NULL}'],
  ['public.pair', '(1,x)'],
  ['public.stage[]', '{new}'],
  ['tsvector', "'a':1"],
  ['xml', '<a/>'],
  ['oid', '7'],
  ['inet', '10.0.0.1'],
])('%s is nothing that a rule could look at, and equal for equal values', async (type, value) => {
  expect(isReadable(await typeOf(type))).toBe(false);
  const [one, other] = await decoded(type, await sentBy(session, type, [value, value]));
  expect(one).toBe(other);
  expect(one).not.toBe('');
});

test('NULL is no byte and no text', () => {
  expect(NULL.charCodeAt(0)).toBeGreaterThan(0xff);
  expect(encode(NULL)).not.toBe(NULL);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (any) => {
      const text = any.toWellFormed();
      const value = encode(text);
      expect(value).not.toBe(NULL);
      expect(value).toMatch(/^[\0-\xff]*$/);
      expect(decode(value)).toBe(text);
    }),
  );
});

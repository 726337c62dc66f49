import { beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { bytesOf, copyInRows, copyOutRows, fieldsOf, rowOf, textOf } from './binary-rows.js';
import { createTestDatabase } from './database.js';
import { sentBy } from './sent.js';
import { openSession } from './session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('rows')).url);
});

const MOMENTS = [
  'infinity', '-infinity', '2000-01-01 00:00:00', '1999-12-31 23:59:59.999999', '1969-12-31 23:59:59.5', '10000-01-01 00:00:00',
  '2025-11-18 12:34:56.000001', '0044-03-15 12:00:00 BC', '0001-12-31 23:59:59.1 BC', '0001-01-01 00:00:00', '275759-12-31 23:59:59',
]; // biome-ignore format: a list
const VALUES: Readonly<Record<string, readonly string[]>> = {
  text: ['', 'x', 'é\u{1F680}\n\\N'],
  varchar: ['ß'],
  'char(3)': ['a  '],
  json: ['{"a":  1}'],
  jsonb: ['{"é": "\\\\"}', 'null'],
  bool: ['t', 'f'],
  int2: ['0', '-1', '32767'],
  int4: ['0', '-2147483648', '7'],
  int8: ['0', '-9223372036854775808', '7'],
  float4: ['0.1', '-0', 'NaN', 'Infinity', '72.12'],
  float8: ['0.1', '-0', 'NaN', '-Infinity', '1e+300'],
  numeric: ['0', '0.00', '-1.50', 'NaN', 'Infinity', '-Infinity', '12345.678900'],
  uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  timestamp: MOMENTS,
  timestamptz: MOMENTS.map((text) => text.replace(/:\d\d(\.\d+)?(?= BC|$)/, '$&+00')),
  date: ['0044-03-15 BC', '2025-11-18', '1999-12-31'],
  bytea: ['\\x', '\\x00ff5c'],
};

test.each(Object.entries(VALUES))('%s: what tests write is what the server sends', async (type, values) => {
  const kind = type === 'char(3)' ? 'bpchar' : type;
  const sent = await sentBy(session, type, values);
  expect(sent.map(({ text }) => text)).toEqual(values);
  expect(values.map((text) => bytesOf(kind, text))).toEqual(sent.map(({ bytes }) => bytes));
  expect(sent.map(({ bytes }) => textOf(kind, bytes))).toEqual(values);
});

test('rows are what the server takes and gives', async () => {
  await session.execute('create temp table r (a text, b int, c text)');
  const rows = [
    ['a', bytesOf('int4', '1'), null],
    [null, null, null],
    ['', bytesOf('int4', '-1'), 'x'.repeat(70_000)],
  ].map(rowOf);
  expect(await copyInRows(session, 'pg_temp.r', rows)).toBe(3);
  expect(await copyOutRows(session, 'select * from pg_temp.r')).toEqual(rows);
  expect(rows.map((row) => rowOf(fieldsOf(row)))).toEqual(rows);
  expect(await copyOutRows(session, 'select from pg_temp.r')).toEqual(Array(3).fill(rowOf([])));
  expect(() => fieldsOf(`${rows[0]}x`)).toThrow('fields for');
});

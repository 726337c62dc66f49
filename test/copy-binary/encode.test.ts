import { beforeAll, describe, expect, test } from 'vitest';
import { encoderOf } from '../../src/copy-binary/encode.js';
import { encode, NULL } from '../../src/copy-binary/values.js';
import type { Session } from '../../src/db/session.js';
import { assessmentsPhase, opportunitiesMapping } from '../../src/redditharbor/phases.js';
import { bytesOf, copyInRows, fieldBy, rowOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('encode')).url);
});

interface Given {
  /** As the transformers have it. */
  readonly value: string;
  /** As the server prints it. */
  readonly printed: string | null;
}
const asPrinted = (values: readonly string[]): Given[] =>
  values.map((text) => ({ value: encode(text), printed: text }));
const moments = [
  '2025-11-18 12:34:56.000001+00',
  '1999-12-31 23:59:59+00',
  '0044-03-15 12:00:00+00 BC',
  'infinity',
  '-infinity',
];
const ids = ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/** By a definition that begins with the type, as they do. */
const COLUMNS: Readonly<Record<string, readonly Given[]>> = {
  text: asPrinted(['', 'x', 'é\u{1F680}\n\t\\N', '\u2400', 'x'.repeat(100_000)]),
  uuid: ids.map((text) => ({ value: bytesOf('uuid', text), printed: text })),
  timestamptz: moments.map((text) => ({ value: bytesOf('timestamptz', text), printed: text })),
  jsonb: asPrinted(['null', '{"é": "\\\\"}', '[1.10, "a"]', '"\u2400"', '{}']),
  'boolean default true': [
    { value: 't', printed: 'true' },
    { value: 'f', printed: 'false' },
  ],
  integer: asPrinted(['0', '1', '-1', '2147483647', '-2147483648', '70000']),
  numeric: asPrinted(['0', '0.00', '-1.50', '12345678901234567890.123', '0.00010001', '10000']),
  'numeric(5,2) check (v between 0 and 100)': asPrinted(['0.00', '72.12', '100.00']),
  'numeric(5,4)': asPrinted(['0.0001', '9.9999', '5.0000']),
};

test.each(Object.entries(COLUMNS))('%s: the server takes what was meant', async (definition, given) => {
  const toField = encoderOf(definition);
  await session.execute(`create temp table e (n int, v ${definition})`);
  const values = [...given, { value: NULL, printed: null }];
  // Twice, for what is remembered.
  const rows = [...values, ...values].map(({ value }, n) => {
    const head = rowOf([bytesOf('int4', String(n)), '']).slice(0, -4);
    return head + fieldBy(toField, value);
  });
  expect(await copyInRows(session, 'pg_temp.e', rows)).toBe(2 * values.length);
  const stored = await session.query('select v::text as v from pg_temp.e order by n');
  await session.execute('drop table pg_temp.e');
  const printed = values.map((one) => one.printed);
  expect(stored.map(({ v }) => v)).toEqual([...printed, ...printed]);
});

describe('columns that are computed', () => {
  test.each(
    [...opportunitiesMapping.computed, ...assessmentsPhase.mapping.computed].map(({ name, ddl }) => [
      name,
      ddl,
    ]),
  )('%s %s: values of it can be written', (_name, ddl) => {
    expect(fieldBy(encoderOf(ddl), NULL)).toBe('\xff\xff\xff\xff');
  });

  test.each(['smallint', 'bytea', 'varchar(3)', '"text"', ''])('of %j: nulls alone', (definition) => {
    expect(fieldBy(encoderOf(definition), NULL)).toBe('\xff\xff\xff\xff');
    expect(() => fieldBy(encoderOf(definition), '1')).toThrow('no values are made');
  });
});

test('a number that is none is an error, not another number', () => {
  for (const value of ['nan', 'x', '', '1e5', '1.'])
    expect(() => fieldBy(encoderOf('numeric(5,2)'), value)).toThrow();
});

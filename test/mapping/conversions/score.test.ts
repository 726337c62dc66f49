import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/db/session.js';
import { type Scale, score } from '../../../src/mapping/conversions/score.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { needsServer } from '../../support/version.js';
import { conversionBench, lost, said } from './round-trip.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('scores')).url);
});

const GOLDEN = 'numeric(5,2) check (g between 0 and 100)';

const NASTY = [
  '0', '-0', '0.0', '0.00', '1', '1.0', '1.00', '100', '100.00', '100.004', '100.005', '100.0049999999999',
  '99.99', '99.995', '99.994999', '72.123456', '72.12', '72.1', '72.10', '72.125', '72.124999999999', '0.7212',
  '0.72', '0.72120', '0.721249', '0.72125', '0.27995', '0.279950', '0.00005', '0.000049', '0.99995', '0.99994',
  '1.00005', '-0.001', '-0.00005', '-0.00004', '-1', '-72.12', '101', '1000000', '1e-5', '1e-05', '1e-7',
  '0.1', '0.30000000000000004', '0.005', '0.004', '0.015', '1.005', '33.333333333333336',
]; // biome-ignore format: a list
const FLOATS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '5e-324',
  '1e308',
  '1.7976931348623157e308',
  '9007199254740993',
];
const FREE = [
  'NaN', 'Infinity', '-Infinity', '0.000', '-0.00', '1e-300', '5e-324', '1e400', `1${'0'.repeat(500)}`,
  `0.${'0'.repeat(450)}1`, `${'9'.repeat(600)}.${'1'.repeat(400)}`, `72.12${'0'.repeat(600)}`,
  `72.125${'0'.repeat(600)}`, `99.99${'9'.repeat(600)}`, '123456789012345678901234567890.123456789',
]; // biome-ignore format: a list

/** Decimals around the range, with every number of digits. */
const decimal = fc
  .tuple(fc.constantFrom('', '', '', '-'), fc.nat(130), fc.nat(999_999), fc.nat(6))
  .map(([sign, whole, fraction, digits]) => {
    const tail = String(fraction).padStart(6, '0').slice(0, digits);
    return `${sign}${whole}${tail === '' ? '' : `.${tail}`}`;
  });
const unitDecimal = fc
  .tuple(fc.nat(10_000_000), fc.integer({ min: 1, max: 7 }))
  .map(([value, digits]) => (value / 10_000_000).toFixed(digits));
const double = fc.double({ noDefaultInfinity: true, noNaN: true }).map(String);
const nearDouble = fc.double({ min: -0.5, max: 101, noNaN: true }).map(String);

const scaled = (whole: number, scale: number) =>
  fc
    .tuple(fc.constantFrom('', '', '', '-'), fc.nat(10 ** whole - 1), fc.nat(10 ** scale - 1))
    .map(([sign, head, tail]) => `${sign}${head}.${String(tail).padStart(scale, '0')}`);

interface Column {
  readonly nasty: readonly string[];
  readonly value: fc.Arbitrary<string>;
}

const COLUMNS: Readonly<Record<string, Column>> = {
  'numeric(5,2)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 999)], value: scaled(3, 2) },
  'numeric(3,2)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9)], value: scaled(1, 2) },
  'numeric(5,4)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9)], value: scaled(1, 4) },
  'numeric(8,4)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9000)], value: scaled(3, 4) },
  'numeric(6,1)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9000)], value: scaled(3, 1) },
  'numeric(4,0)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9000)], value: scaled(3, 0) },
  'numeric(4,-1)': { nasty: ['NaN', ...NASTY.filter((text) => Math.abs(Number(text)) < 9000)], value: scaled(3, 0) },
  numeric: { nasty: [...NASTY, ...FREE], value: fc.oneof(decimal, unitDecimal) },
  'double precision': { nasty: [...NASTY, ...FLOATS], value: fc.oneof(decimal, unitDecimal, double, nearDouble) },
  real: { nasty: NASTY, value: fc.oneof(decimal, unitDecimal) },
  smallint: { nasty: ['0', '1', '100', '-1', '101', '32767', '-32768'], value: fc.integer({ min: -5, max: 130 }).map(String) },
  integer: { nasty: ['0', '1', '100', '-1', '2147483647', '-2147483648'], value: fc.integer({ min: -5, max: 130 }).map(String) },
  bigint: { nasty: ['9223372036854775807', '-9223372036854775808'], value: fc.integer({ min: -5, max: 130 }).map(String) },
}; // biome-ignore format: a table

/** The score in points, by the server's own arithmetic on the legacy value's digits. */
const POINTS: Readonly<Record<Scale, string>> = {
  percent: 'v::text::numeric',
  unit: 'v::text::numeric * 100',
  unitComplement: '(1 - v::text::numeric) * 100',
};

/** The golden score that it should be, and whether it says everything that the legacy value said. */
const oracle = (points: string) =>
  `case when v::text !~ '[Nn]' and round(${points}, 2) between 0 and 100 then
     round(${points}, 2)::numeric(5,2) || case
       when ${points} = g and v::text !~ '[-e]' and (pg_typeof(v) <> 'numeric'::regtype or v::text = g_canonical)
       then ' exact' else '' end
   end`;

describe.each(Object.entries(COLUMNS))('%s', (type, { nasty, value }) => {
  test.each(Object.entries(POINTS) as [Scale, string][])('%s', async (scale, points) => {
    if (type.includes('-')) needsServer(15, 'negative scales');
    const bench = await conversionBench(session, score(scale), type, GOLDEN);
    const canonical = type === 'numeric' ? 'trim_scale(v)::text' : 'v::text';
    const expected = oracle(points).replace('g_canonical', canonical);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 150, maxLength: 300 }), async (values) => {
        const converted = await bench.convert([...nasty, ...values], expected);
        expect(lost(converted)).toEqual([]);
        expect(said(converted)).toEqual(converted.map(({ oracle }) => oracle));
      }),
      { numRuns: 2 },
    );
  });
});

test('a domain over numeric comes back as the domain', async () => {
  await session.execute('create domain public.percentage as numeric(5,2) check (value between 0 and 100)');
  const bench = await conversionBench(session, score('percent'), 'public.percentage', GOLDEN);
  const converted = await bench.convert(['72.1', '0', '100']);
  expect(converted.map(({ restored, exact }) => [restored, exact])).toEqual([
    ['72.10', true],
    ['0.00', true],
    ['100.00', true],
  ]);
});

test.each(['money', 'oid', 'text', 'jsonb', 'boolean'])('%s is no score', async (type) => {
  await expect(conversionBench(session, score('percent'), type, GOLDEN)).rejects.toThrow('no conversion');
});

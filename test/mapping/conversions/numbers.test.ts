import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/db/session.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { said } from './round-trip.js';
import { castBench, expectTwins } from './twins.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('numbers')).url);
  await session.execute('create domain public.amount as numeric(10,2)');
});

const WHOLE = ['0', '1', '-1', '7', '100', '32767', '-32768'];
const INT4 = [...WHOLE, '2147483647', '-2147483648'];
const INT8 = [...INT4, '9223372036854775807', '-9223372036854775808', '2147483648', '1700000000123'];
const DECIMALS = [
  ...WHOLE,
  '0.5',
  '-0.5',
  '0.005',
  '1.10',
  '19.99',
  '-19.999',
  '12345.67',
  '0.00',
  '-0.00',
  '1234.5678',
];
const PLAIN = [
  ...DECIMALS, ...INT8, 'NaN', 'Infinity', '-Infinity', '123456789012345678901234567890.123456789', '0.1000', '10.0', '1700000000.123456',
  '1700000000.1234567', '1700000000.5', '-1700000000.0000005', '1e-20', '9e18', '1e30',
]; // biome-ignore format: a list
const FLOATS = [
  ...DECIMALS, 'NaN', 'Infinity', '-Infinity', '-0', '5e-324', '1.7976931348623157e308', '0.1', '0.30000000000000004', '1e15', '1e22', '123456789012345680',
  '1700000000.123456', '1700000000.5', '9007199254740993',
]; // biome-ignore format: a list
const TEXTS = [
  ...PLAIN.filter((text) => !/[NI]/.test(text)), '007', '+7', ' 7 ', '.5', '5.', '', ' ', 'x', '7x', '1e5', '1E-3', '--1', '1,5', '٣', 'NaN', '1.10', `1${'0'.repeat(3000)}`,
]; // biome-ignore format: a list

const decimal = (whole: number, places: number) =>
  fc
    .tuple(fc.constantFrom('', '-'), fc.nat(10 ** whole - 1), fc.nat(10 ** places - 1), fc.nat(places))
    .map(([sign, head, tail, digits]) => {
      const fraction = String(tail).padStart(places, '0').slice(0, digits);
      return `${sign}${head}${fraction === '' ? '' : `.${fraction}`}`;
    });
const double = fc.double({ noDefaultInfinity: true, noNaN: true }).map(String);

const TYPES: Readonly<
  Record<string, { readonly awkward: readonly string[]; readonly any: fc.Arbitrary<string> }>
> = {
  smallint: { awkward: WHOLE, any: fc.integer({ min: -32768, max: 32767 }).map(String) },
  integer: { awkward: INT4, any: fc.integer().map(String) },
  bigint: { awkward: INT8, any: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) },
  numeric: { awkward: PLAIN, any: decimal(9, 8) },
  'numeric(12,2)': { awkward: DECIMALS, any: decimal(9, 2) },
  'numeric(9,4)': { awkward: DECIMALS, any: decimal(5, 4) },
  'numeric(6,0)': { awkward: DECIMALS, any: decimal(5, 0) },
  'public.amount': { awkward: DECIMALS, any: decimal(7, 2) },
  'double precision': { awkward: FLOATS, any: fc.oneof(double, decimal(9, 4)) },
  real: { awkward: FLOATS.filter((text) => !/e-324|e308/.test(text)), any: decimal(5, 2) },
  text: { awkward: TEXTS, any: fc.oneof(double, decimal(9, 4)) },
  'varchar(6)': { awkward: TEXTS.filter((text) => text.length <= 6), any: decimal(2, 2) },
  'char(12)': { awkward: TEXTS.filter((text) => text.length <= 12), any: decimal(5, 3) },
};
const GOLDEN = {
  numeric: [...PLAIN, '1e400', '1e-400', '99999999999999999999'],
  integer: INT4,
  bigint: INT8,
  timestamptz: [
    '1970-01-01',
    '2024-02-29 12:30:00.123456+00',
    '1969-12-31 23:59:59.5+00',
    'infinity',
    '4713-01-01 BC',
    '294276-12-31',
  ],
} as const;

const SECONDS = { kind: 'epoch', unit: 'seconds' } as const;
const MILLISECONDS = { kind: 'epoch', unit: 'milliseconds' } as const;
const FACTORS = ['0.01', '100', '0.3048', '-1', '60', '0.125'] as const;

describe.each(Object.entries(TYPES))('%s', (type, { awkward, any }) => {
  const values = [...awkward, ...fc.sample(any, 60)];
  test.each(['numeric', 'integer', 'bigint'] as const)('as %s', async (golden) => {
    const bench = await castBench(session, type, golden);
    const converted = await expectTwins(session, bench, values, GOLDEN[golden]);
    expect(converted.filter(({ exact }) => exact).length).toBeGreaterThan(3);
  });
  test.each([SECONDS, MILLISECONDS])('as moments: %s', async (conversion) => {
    const bench = await castBench(session, type, 'timestamptz', conversion);
    const converted = await expectTwins(session, bench, values, GOLDEN.timestamptz);
    expect(converted.filter(({ exact }) => exact).length).toBeGreaterThan(3);
  });
  test('in another unit', async () => {
    const [factor = '1', other = '1'] =
      fc.sample(fc.shuffledSubarray([...FACTORS], { minLength: 2 }), 1)[0] ?? [];
    for (const [by, golden] of [
      [factor, 'numeric'],
      [other, 'numeric'],
      ['100', 'bigint'],
    ] as const) {
      const bench = await castBench(session, type, golden, { kind: 'scaled', factor: by });
      await expectTwins(session, bench, values, GOLDEN[golden]);
    }
  });
});

test('what numbers become', async () => {
  const become = async (type: string, golden: 'numeric' | 'integer', values: readonly string[]) =>
    said(await (await castBench(session, type, golden)).convert(values));
  expect(await become('text', 'integer', ['7', '007', ' 7', '7.0', '7.5', 'x', '', '2147483648'])).toEqual([
    '7 exact', '7', '7', '7', null, null, null, null,
  ]); // biome-ignore format: a list
  expect(await become('numeric(6,2)', 'integer', ['7', '7.5'])).toEqual(['7 exact', null]);
  expect(await become('numeric', 'integer', ['7', '7.0'])).toEqual(['7 exact', '7']);
  expect(await become('double precision', 'numeric', ['0.1', '-0', '1e22', 'NaN'])).toEqual([
    '0.1 exact', '0', '10000000000000000000000 exact', 'NaN exact',
  ]); // biome-ignore format: a list
  expect(await become('text', 'numeric', ['1.10', '.5', '1e3', 'NaN'])).toEqual([
    '1.10 exact',
    '0.5',
    '1000',
    null,
  ]);
});

test('cents are units, and seconds are moments', async () => {
  const cents = await castBench(session, 'integer', 'numeric', { kind: 'scaled', factor: '0.01' });
  expect(said(await cents.convert(['1999', '2000', '-5', '0']))).toEqual([
    '19.99 exact', '20.00 exact', '-0.05 exact', '0.00 exact',
  ]); // biome-ignore format: a list
  const units = await castBench(session, 'numeric(8,2)', 'integer', { kind: 'scaled', factor: '100' });
  expect(said(await units.convert(['19.99', '20']))).toEqual(['1999 exact', '2000 exact']);
  const epoch = await castBench(session, 'bigint', 'timestamptz', { kind: 'epoch', unit: 'milliseconds' });
  expect(said(await epoch.convert(['1700000000123', '0', '-1', '9223372036854775807']))).toEqual([
    '2023-11-14 22:13:20.123+00 exact', '1970-01-01 00:00:00+00 exact', '1969-12-31 23:59:59.999+00 exact', null,
  ]); // biome-ignore format: a list
  const float = await castBench(session, 'double precision', 'timestamptz', {
    kind: 'epoch',
    unit: 'seconds',
  });
  expect(said(await float.convert(['1700000000.5', '1700000000.1234567', 'NaN']))).toEqual([
    '2023-11-14 22:13:20.5+00 exact', '2023-11-14 22:13:20.123457+00', null,
  ]); // biome-ignore format: a list
});

test.each(['money', 'oid', 'jsonb', 'boolean', 'uuid', 'timestamptz'])('%s is no number', async (type) => {
  for (const golden of ['numeric', 'integer', 'bigint'] as const)
    await expect(castBench(session, type, golden)).rejects.toThrow('no conversion');
});

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { float4Text, float8Text } from '../../src/copy-binary/floats.js';
import type { Session } from '../../src/db/session.js';
import { bytesOf, copyInRows, rowOf } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { sentBy } from '../support/sent.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('floats')).url);
});

const ODD = [
  '0', '-0', 'NaN', 'Infinity', '-Infinity', '1', '-1', '10', '0.1', '-0.5', '72.123456', '72.12', '100', '0.30000000000000004',
  '123456', '1234567', '100000', '999999', '9999999', '1e5', '1e6', '1e7', '-1e6', '1.5e6', '1234560', '123456.7',
  '1e14', '1e15', '1e16', '1e17', '999999999999999', '123456789012345', '1234567890123456', '1e20', '1e21', '1e22', '1.5e15',
  '0.001', '0.0001', '0.00012345', '0.00001', '1e-5', '1.5e-5', '-1e-5', '1e-6', '1e-7', '1e-10',
  '33.333333333333336', '16777216', '16777217', '8388608', '3.4028235e38', '1.1754944e-38', '1e-45', '1.4e-45',
]; // biome-ignore format: a list
const DOUBLES = [
  '5e-324', '1.7976931348623157e308', '2.2250738585072014e-308', '2.2250738585072009e-308', '9007199254740993', '9007199254740992',
  '1e300', '1e-300', '4.35', '0.000035', '5e-5', '1e23', '9.5367431640625e-07',
]; // biome-ignore format: a list

test.each([
  ['double precision', [...ODD, ...DOUBLES], float8Text],
  ['real', ODD, float4Text],
] as const)('%s: numbers are printed as the server prints them', async (type, values, print) => {
  const sent = await sentBy(session, type, values);
  expect(sent.map(({ bytes }) => print(bytes))).toEqual(sent.map(({ text }) => text));
});

/** Numbers of every size, also those whose bits are next to each other. */
const doubles = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => ofBits(8, bits)),
  // Subnormal ones; powers of two, whose neighbours are not equally far.
  fc.bigInt({ min: 0n, max: 2n ** 52n }).map((bits) => ofBits(8, bits)),
  fc.bigInt({ min: 0n, max: 2n ** 12n - 1n }).map((bits) => ofBits(8, bits << 52n)),
  fc.nat(1_000_000).map((value) => bytesOf('float8', String(value / 10_000))),
  fc
    .tuple(fc.integer({ min: -30, max: 30 }), fc.nat(99_999))
    .map(([power, value]) => bytesOf('float8', `${value}e${power}`)),
);
const singles = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((bits) => ofBits(4, bits)),
  fc.bigInt({ min: 0n, max: 2n ** 23n }).map((bits) => ofBits(4, bits)),
  fc.bigInt({ min: 0n, max: 2n ** 9n - 1n }).map((bits) => ofBits(4, bits << 23n)),
  fc.nat(1_000_000).map((value) => bytesOf('float4', String(value / 10_000))),
  fc
    .tuple(fc.integer({ min: -30, max: 30 }), fc.nat(99_999))
    .map(([power, value]) => bytesOf('float4', `${value}e${power}`)),
);

test.each([
  ['double precision', doubles, float8Text],
  ['real', singles, float4Text],
] as const)('%s: any bits are printed as the server prints them', async (type, any, print) => {
  await session.execute(`create temp table if not exists f (n int)`);
  await session.execute(`alter table pg_temp.f drop column if exists v, add v ${type}`);
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 1500, maxLength: 2500 }), async (values) => {
      await session.execute('truncate pg_temp.f');
      const rows = values.map((bytes, n) => rowOf([bytesOf('int4', String(n)), bytes]));
      await copyInRows(session, 'pg_temp.f', rows);
      const printed = await session.query('select v::text as text from pg_temp.f order by n');
      const pairs = values.map((bytes, n) => [print(bytes), printed[n]?.text]);
      expect(pairs.filter(([ours, theirs]) => ours !== theirs)).toEqual([]);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

function ofBits(bytes: number, bits: bigint): string {
  return Buffer.from(bits.toString(16).padStart(2 * bytes, '0'), 'hex').toString('latin1');
}

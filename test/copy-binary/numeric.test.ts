import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { numericBytes, numericText } from '../../src/copy-binary/numeric.js';
import type { Session } from '../../src/db/session.js';
import { createTestDatabase } from '../support/database.js';
import { sentBy } from '../support/sent.js';
import { openSession } from '../support/session.js';
import { needsServer } from '../support/version.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('numeric')).url);
});

const PLAIN = [
  '0', '0.0', '0.00', '0.0000', '0.00000', '-0', '-0.00', '1', '-1', '9', '10', '9999', '10000', '10001', '99999', '100000000', '99999999',
  '0.1', '0.0001', '0.00001', '-0.0001', '0.00010001', '0.99999999', '9999.9999', '9999.99990', '10000.0001', '72.12', '100.00', '0.50', '-0.5000',
  '12345678901234567890.123', '-12345678901234567890.1230', '1000000000000.0000000000001', `0.${'0'.repeat(400)}1`,
  `1${'0'.repeat(400)}`, `${'9'.repeat(400)}.${'1'.repeat(300)}0`, `0.${'0'.repeat(300)}`, '5.0000', '0.8125', '3.0001', '50000', '0.05', '0.005', '0.0005', '0.00005',
]; // biome-ignore format: a list
const SPECIAL = ['NaN', 'Infinity', '-Infinity', '1e-20', '-1.50e-7', '1e20', '1.5e300', '1e-300'];

const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{0,${most}}$`));
/** Also with zeros in front, which nobody prints, and groups of zeros in the middle. */
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(digits(12), digits(3), fc.constantFrom('0', '00010000')),
    fc.oneof(digits(14), fc.constantFrom('', '0000', '00000001', '10000000')),
  )
  .map(
    ([sign, whole, fraction]) =>
      `${sign}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`,
  );
const decimals = fc.array(decimal, { minLength: 300, maxLength: 500 });

describe.each(['numeric', 'numeric(12,6)', 'numeric(5,-2)', 'numeric(8,0)', 'numeric(3,5)'])('%s', (type) => {
  const fits = (text: string) => {
    const value = Math.abs(Number(text));
    if (type === 'numeric(12,6)') return value < 999_999;
    if (type === 'numeric(5,-2)') return value < 9_999_000;
    if (type === 'numeric(8,0)') return value < 99_999_999;
    return type === 'numeric' || value < 0.0099;
  };

  test('what is sent is printed as the server prints it, and sent back as it came', async () => {
    if (['numeric(5,-2)', 'numeric(3,5)'].includes(type))
      needsServer(15, 'a scale below zero or above the precision');
    await fc.assert(
      fc.asyncProperty(decimals, async (some) => {
        const infinities = type === 'numeric' ? SPECIAL : ['NaN'];
        const sent = await sentBy(session, type, [
          ...infinities,
          ...PLAIN.filter(fits),
          ...some.filter(fits),
        ]);
        expect(sent.map(({ bytes }) => numericText(bytes))).toEqual(sent.map(({ text }) => text));
        const plain = sent.filter(({ text }) => /^-?[\d.]+$/.test(text));
        expect(plain.length).toBeGreaterThan(20);
        expect(plain.map(({ text }) => numericBytes(text))).toEqual(plain.map(({ bytes }) => bytes));
      }),
      { numRuns: 3 },
    );
  });
});

test('any decimal is written as the server itself sends what it reads', async () => {
  await fc.assert(
    fc.asyncProperty(decimals, async (some) => {
      const texts = [...PLAIN, ...some];
      const rows = await session.query(
        `select encode(numeric_send(v::numeric), 'hex') as hex
           from unnest(string_to_array($1::text, ',')) with ordinality t (v, n) order by n`,
        [texts.join(',')],
      );
      const hex = texts.map((text) => Buffer.from(numericBytes(text), 'latin1').toString('hex'));
      expect(hex).toEqual(rows.map((row) => row.hex));
    }),
    { numRuns: 3 },
  );
});

test.each(['', '.', '.5', '5.', '1e5', 'nan', '+1', ' 1', '1\n', '1,5', '--1', '٣'])(
  '%j is no plain decimal, and an error',
  (text) => {
    expect(() => numericBytes(text)).toThrow('not a plain decimal');
  },
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identityReader } from '../../src/transform/identity.js';
import { RowReader } from '../../src/transform/row.js';
import { tableOf } from '../consolidation/declared.js';
import { lying, nullableBytes, rowOf } from '../support/binary-rows.js';
import { sourceOf } from './sources.js';

/** The identity of a row with these values in its columns. */
function identityOf(kinds: readonly string[], key: readonly string[], values: readonly (string | null)[]) {
  const names = kinds.map((_kind, at) => `k${at}`);
  const columns = Object.fromEntries(names.map((name, at) => [name, kinds[at] ?? '']));
  const drawn = sourceOf({ read: names, kinds: columns });
  const source = {
    ...drawn,
    rule: { ...drawn.rule, identity: names },
    table: tableOf({ name: 'opportunities', columns, key }),
  };
  const rows = new RowReader(source, 1);
  const identity = identityReader(source, rows);
  const fields = values.map((value, at) => nullableBytes(kinds[at] ?? '', value));
  return {
    isUnique: identity?.isUnique,
    text: identity?.read(rows.read(lying(rowOf(['key', ...fields])))) ?? '',
  };
}

const signs = (a: number) => Math.sign(a);
const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

const decimal = fc
  .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => {
    const text = String(Math.abs(digits)).padStart(places + 1, '0');
    const plain = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    return digits < 0 ? `-${plain}` : plain;
  });

test.each([
  ['int2', fc.integer({ min: -32768, max: 32767 }).map(String)],
  ['int4', fc.integer().map(String)],
  ['int8', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  ['numeric', decimal],
] as const)('numbers sort as numbers: %s', (kind, any) => {
  for (const key of [['k0'], []])
    fc.assert(
      fc.property(any, any, (a, b) => {
        const expected =
          kind === 'numeric'
            ? signs(Number(a) - Number(b))
            : BigInt(a) === BigInt(b)
              ? 0
              : BigInt(a) < BigInt(b)
                ? -1
                : 1;
        const [one, other] = [identityOf([kind], key, [a]), identityOf([kind], key, [b])];
        expect([a, b, signs(compare(one.text, other.text))]).toEqual([a, b, expected]);
      }),
      { numRuns: 200 },
    );
});

test('infinite numerics are beyond all others', () => {
  const order = ['-Infinity', '-1e', '0', '1e', 'Infinity', 'NaN'].map((text) =>
    text.replace('1e', `1${'0'.repeat(30)}`),
  );
  const texts = order.map((text) => identityOf(['numeric'], [], [text]).text);
  expect([...texts].sort(compare)).toEqual(texts);
});

test('several columns sort one after the other, nulls last, and no two meet', () => {
  const text = fc.option(fc.constantFrom('', 'a', 'ab', 'b', '\u0001', '\u0002', 'é'));
  const number = fc.option(fc.integer({ min: -2, max: 2 }).map(String));
  const bytes = (value: string | null) => (value === null ? '\u{10ffff}' : value);
  fc.assert(
    fc.property(fc.tuple(text, number, text), fc.tuple(text, number, text), (a, b) => {
      const [one, other] = [a, b].map((values) => identityOf(['text', 'int4', 'text'], [], values));
      const expected =
        compare(bytes(a[0]), bytes(b[0])) ||
        Number(a[1] ?? 99) - Number(b[1] ?? 99) ||
        compare(bytes(a[2]), bytes(b[2]));
      expect(signs(compare(one?.text ?? '', other?.text ?? ''))).toBe(signs(expected));
    }),
    { numRuns: 1000 },
  );
});

test('is unique where an index says so, within its columns', () => {
  expect(identityOf(['int4', 'text'], ['k0', 'k1'], ['1', 'a']).isUnique).toBe(true);
  expect(identityOf(['int4', 'text'], [], ['1', 'a']).isUnique).toBe(false);
  // A null column beside the key may hold several nulls; such rows are told apart by the key alone, and are not trusted to.
  expect(identityOf(['int4', 'text'], ['k0'], ['1', null]).isUnique).toBe(false);
});

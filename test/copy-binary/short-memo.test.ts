import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryOf } from '../../src/copy-binary/framing.js';
import { ShortMemo } from '../../src/copy-binary/short-memo.js';

const memory = (text: string) => memoryOf(Buffer.from(text, 'latin1'));

/** What is remembered for a value; undefined when nothing is. */
function recalled(memo: ShortMemo, value: string): [result: string, flags: number] | undefined {
  const { view } = memory(`xyz${value}xyz`);
  if (!memo.find(view, 3, 3 + value.length)) return undefined;
  return [memo.bytes.toString('latin1', memo.from, memo.to), memo.flags];
}

function keep(memo: ShortMemo, value: string, result: string, flags: number): void {
  expect(recalled(memo, value)).toBeUndefined();
  memo.keep(Buffer.from(result, 'latin1'), result.length, flags);
}

/** Values that differ in length only, or in one byte. */
const value = fc
  .array(fc.constantFrom('\0', '\x01', '\xff', 'a', 'b'), { maxLength: 16 })
  .map((all) => all.join(''));

test('what is found was kept for these very bytes', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), (values) => {
      const memo = new ShortMemo();
      const result = (one: string) => `${one.length}:${one}`;
      for (const one of values) {
        const known = recalled(memo, one);
        if (known === undefined) {
          memo.keep(Buffer.from(result(one), 'latin1'), result(one).length, one.length);
          // Each value has a place, whatever was there before it.
          expect(recalled(memo, one)).toEqual([result(one), one.length]);
        } else expect(known).toEqual([result(one), one.length]);
      }
    }),
    { numRuns: 200 },
  );
});

test('zeros at the end of a value are not nothing', () => {
  const memo = new ShortMemo();
  keep(memo, '', 'empty', 1);
  keep(memo, '\0', 'one', 2);
  keep(memo, '\0\0\0\0', 'four', 3);
  for (const [one, known] of [
    ['', ['empty', 1]],
    ['\0', ['one', 2]],
    ['\0\0\0\0', ['four', 3]],
  ] as const) {
    const found = recalled(memo, one);
    if (found !== undefined) expect(found).toEqual(known);
  }
  expect(recalled(memo, '\0\0')).toBeUndefined();
});

test('a long result is not kept, nor is a long value looked for', () => {
  const memo = new ShortMemo();
  keep(memo, 'short', 'r'.repeat(25), 1);
  expect(recalled(memo, 'short')).toBeUndefined();
  keep(memo, 'short', 'r'.repeat(24), 1);
  expect(recalled(memo, 'short')).toEqual(['r'.repeat(24), 1]);
  expect([16, 17].map(ShortMemo.fits)).toEqual([true, false]);
});

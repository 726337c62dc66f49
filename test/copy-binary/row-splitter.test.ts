import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rowText, SIGNATURE, TRAILER } from '../../src/copy-binary/framing.js';
import { RowSplitter } from '../../src/copy-binary/row-splitter.js';
import { rowOf } from '../support/binary-rows.js';

/** Rows that look like something else: like NULL, a length, a trailer, a signature. */
const ROWS = [
  rowOf([]),
  rowOf([null]),
  rowOf(['']),
  rowOf(['a', null, '', 'é\0\n']),
  rowOf(['\xff\xff', '\xff\xff\xff\xff', '\0\0\0\x05']),
  rowOf([SIGNATURE, TRAILER]),
  rowOf([null, null, null]),
  rowOf(['x'.repeat(300)]),
];
const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const FRAMES = { framed: [SIGNATURE, TRAILER], bare: ['', ''] } as const;

/** What a splitter gives for pieces. */
function split(framed: 'framed' | 'bare', pieces: readonly string[]) {
  const splitter = new RowSplitter(framed);
  const rows = pieces.flatMap((piece) => splitter.split(bytesOf(piece)).map(rowText));
  return { rows, complete: splitter.isComplete, ended: splitter.ended };
}

describe.each(Object.entries(FRAMES) as ['framed' | 'bare', readonly [string, string]][])(
  '%s',
  (framed, [before, after]) => {
    const bytes = before + ROWS.join('') + after;
    const whole = { rows: ROWS, complete: true, ended: framed === 'framed' };

    test('rows come whole, wherever the stream is cut', () => {
      expect(split(framed, [bytes])).toEqual(whole);
      for (let at = 0; at <= bytes.length; at += 1)
        expect(split(framed, [bytes.slice(0, at), bytes.slice(at)])).toEqual(whole);
      for (let size = 1; size < 60; size += 1) {
        const pieces = bytes.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        expect(split(framed, pieces)).toEqual(whole);
      }
    });

    test('rows of any fields, cut into any pieces, are those rows', () => {
      const field = fc.array(fc.constantFrom(0, 1, 2, 255, 65), { maxLength: 20 });
      const row = fc
        .array(fc.option(field.map((codes) => String.fromCharCode(...codes))), { maxLength: 5 })
        .map(rowOf);
      fc.assert(
        fc.property(fc.array(row), fc.array(fc.nat(30), { minLength: 1 }), (rows, sizes) => {
          const all = before + rows.join('') + after;
          const pieces: string[] = [];
          for (let at = 0, turn = 0; at < all.length; turn += 1) {
            // A piece of no bytes is a piece too.
            const size = turn > 2 * all.length ? 1 : (sizes[turn % sizes.length] ?? 1);
            pieces.push(all.slice(at, at + size));
            at += size;
          }
          expect(split(framed, pieces)).toEqual({ ...whole, rows });
        }),
        { numRuns: 500 },
      );
    });

    test('each row is given as soon as it is there, and none before', () => {
      const splitter = new RowSplitter(framed);
      let end = before.length;
      const ends = ROWS.map((row) => {
        end += row.length;
        return end;
      });
      let found = 0;
      for (let at = 0; at < bytes.length; at += 1) {
        found += splitter.split(bytesOf(bytes[at] ?? '')).length;
        expect(found).toBe(ends.filter((one) => one <= at + 1).length);
      }
    });

    test('rows are torn anywhere between pieces that are longer than a row, and than ten', () => {
      const many = before + ROWS.join('').repeat(60) + after;
      for (let size = 8_190; size < 8_240; size += 1) {
        const pieces: string[] = [];
        for (let at = 0; at < many.length; at += size) pieces.push(many.slice(at, at + size));
        expect(split(framed, pieces)).toEqual({ ...whole, rows: Array(60).fill(ROWS).flat() });
      }
      // The trailer is torn, too, and what comes behind it is in the same piece.
      for (let cut = many.length - 4; cut <= many.length; cut += 1) {
        const rest = many.slice(cut) + '?'.repeat(9000);
        if (framed === 'framed')
          expect(split(framed, [many.slice(0, cut), rest])).toMatchObject({ complete: false, ended: true });
      }
    });

    test('a stream that ends too early is known by it', () => {
      for (let at = 0; at < bytes.length; at += 1) {
        const { complete, ended } = split(framed, [bytes.slice(0, at)]);
        if (framed === 'framed') expect(complete && ended).toBe(false);
        else {
          const between = ROWS.some((_, n) => ROWS.slice(0, n).join('').length === at);
          expect(complete).toBe(between);
        }
      }
    });

    test('no bytes are no rows', () => {
      expect(split(framed, [])).toEqual({ rows: [], complete: true, ended: false });
      expect(split(framed, [before + after])).toEqual({ ...whole, rows: [] });
    });

    test('a row of many megabytes, in small pieces, takes no more than a moment', () => {
      const row = rowOf(['a', 'x'.repeat(30_000_000), null, 'y'.repeat(3_000_000)]);
      const all = before + ROWS[0] + row + row + after;
      for (const size of [8192, 65_536]) {
        const pieces: string[] = [];
        for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size));
        const { rows, complete } = split(framed, pieces);
        expect(complete).toBe(true);
        expect(rows.length).toBe(3);
        expect(rows[1] === row && rows[2] === row).toBe(true);
      }
    });
  },
);

test('bytes behind the trailer make a stream incomplete', () => {
  for (const pieces of [
    [`${SIGNATURE}${TRAILER}x`],
    [SIGNATURE + TRAILER, 'xyz'],
    [`${SIGNATURE}${TRAILER}${ROWS[1]}`],
  ])
    expect(split('framed', pieces)).toEqual({ rows: [], complete: false, ended: true });
});

test.each([
  ['text', '1\ttext\n2\tother text\n'],
  ['another signature', SIGNATURE.replace('PGCOPY', 'pgcopy')],
  ['flags, which would say how rows are to be read', `${SIGNATURE.slice(0, 11)}\0\x01\0\0\0\0\0\0`],
  ['an extension of the header', `${SIGNATURE.slice(0, 15)}\0\0\0\x04abcd`],
])('%s is no signature', (_what, bytes) => {
  expect(() => split('framed', [bytes])).toThrow('no binary COPY stream');
  expect(() => split('framed', [...bytes])).toThrow('no binary COPY stream');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryOf, rowText } from '../../src/copy-binary/framing.js';
import { RowWriter } from '../../src/copy-binary/row-writer.js';
import { NULL } from '../../src/copy-binary/values.js';
import { rowOf } from '../support/binary-rows.js';

const memory = (text: string) => memoryOf(Buffer.from(text, 'latin1'));
/** Bytes of all kinds, of lengths around those at which another way of copying begins. */
const bytes = fc
  .tuple(fc.oneof(fc.nat(30), fc.integer({ min: 140, max: 150 }), fc.nat(1000)), fc.nat(255))
  .map(([length, seed]) =>
    Array.from({ length }, (_, n) => String.fromCharCode((seed * (n + 1) * 31) % 256)).join(''),
  );

test('values, copies and nulls make the row that they are the fields of', () => {
  const out = new RowWriter();
  fc.assert(
    fc.property(fc.array(fc.option(bytes), { maxLength: 40 }), fc.nat(2), (fields, way) => {
      out.begin(fields.length);
      for (const field of fields) {
        if (field === null) {
          if (way === 0) out.null();
          else if (way === 1) out.nulls(1);
          else out.field(NULL);
        } else if (way === 0) out.field(field);
        else if (way === 1) {
          const place = out.open();
          out.text(field);
          out.close(place);
        } else {
          const whole = rowOf(['x', field, 'y']);
          out.copy(memory(whole), 7, 11 + field.length);
        }
      }
      // Whole, though the row before it was longer or shorter.
      expect(rowText(out)).toBe(rowOf(fields));
    }),
    { numRuns: 500 },
  );
});

test.each([0, 1, 99, 100, 101, 1000])('%i nulls at once', (count) => {
  const out = new RowWriter();
  out.begin(count + 1);
  out.field('before');
  out.nulls(count);
  expect(rowText(out)).toBe(rowOf(['before', ...Array<null>(count).fill(null)]));
});

test('it grows to the length of a value, and keeps what was written', () => {
  const out = new RowWriter();
  for (const length of [1023, 70_000, 20_000_000]) {
    const value = 'z'.repeat(length);
    out.begin(3);
    out.field('first');
    out.field(value);
    out.null();
    expect(rowText(out) === rowOf(['first', value, null])).toBe(true);
  }
});

test('what was written can be compared, and taken back', () => {
  fc.assert(
    fc.property(bytes, bytes, fc.nat(1000), (written, other, at) => {
      const out = new RowWriter();
      out.begin(1);
      const place = out.end;
      out.text(written);
      const same = memory(`ab${written}c`);
      expect(out.endsWith(place, same, 2, 2 + written.length)).toBe(true);
      expect(out.endsWith(place, memory(other), 0, other.length)).toBe(other === written);
      if (written !== '') {
        const changed = 2 + (at % written.length);
        same.bytes[changed] = (same.bytes[changed] ?? 0) ^ 1;
        expect(out.endsWith(place, same, 2, 2 + written.length)).toBe(false);
      }
      out.rewind(place);
      out.null();
      expect(out.isNullAt(place)).toBe(true);
      expect(rowText(out)).toBe(rowOf([null]));
    }),
    { numRuns: 300 },
  );
});

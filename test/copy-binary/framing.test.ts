import { expect, test } from 'vitest';
import { fieldEnd, fieldIn, rowText } from '../../src/copy-binary/framing.js';
import { NULL } from '../../src/copy-binary/values.js';
import { fieldsOf, lying, rowOf } from '../support/binary-rows.js';

/** Rows that look like something else: like NULL, a length, a trailer. */
const ROWS = [
  rowOf([null]),
  rowOf(['']),
  rowOf(['a', null, '', 'é\0\n']),
  rowOf(['\xff\xff', '\xff\xff\xff\xff', '\0\0\0\x05']),
  rowOf([null, null, null]),
  rowOf(['x'.repeat(300)]),
];

test('a field is found by its place', () => {
  for (const row of ROWS)
    expect(fieldsOf(row).map((_, index) => fieldIn(lying(row), index))).toEqual(
      fieldsOf(row).map((bytes) => bytes ?? NULL),
    );
});

test('the last field ends where the row does', () => {
  for (const row of ROWS) {
    const { view, start, end } = lying(row);
    let at = start + 2;
    for (const _ of fieldsOf(row)) at = fieldEnd(view, at);
    expect(at).toBe(end);
    expect(rowText(lying(row))).toBe(row);
  }
});

import { expect, test } from 'vitest';
import { spelledOut } from '../../src/format/moment.js';

test.each([
  ['2025-03-01T12:30', '2025-03-01T12:30Z'],
  [' 2025-03-01 12:30:05.123 ', '2025-03-01T12:30:05.123Z'],
  ['2025-03-01T12:30+02:00', '2025-03-01T12:30+02:00'],
  ['2025-03-01T12:30Z', '2025-03-01T12:30Z'],
  // A day is one of UTC by itself.
  ['2025-03-01', '2025-03-01'],
])('%s means %s in every time zone', (time, meant) => {
  expect(spelledOut(time)).toBe(meant);
});

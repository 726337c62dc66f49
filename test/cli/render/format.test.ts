import { expect, test } from 'vitest';
import { bytes, count, counted, duration, percent, shortHash } from '../../../src/format/format.js';

test('numbers have separators', () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect(counted(1, 'batch', 'batches')).toBe('1 batch');
  expect(counted(2000, 'batch', 'batches')).toBe('2,000 batches');
});

test('sizes are in binary units', () => {
  expect([0, 812, 1023, 1024, 1536, 10_180, 1_048_575, 1_048_576, 5e12].map(bytes)).toEqual([
    '0 B',
    '812 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '9.9 KiB',
    '1.0 MiB',
    '1.0 MiB',
    '4.5 TiB',
  ]);
});

test('durations never show 60 of anything', () => {
  expect([0, 0.994, 0.996, 59.94, 59.96, 119.6, 3599.7, 3600, 7260].map(duration)).toEqual([
    '0.00 s',
    '0.99 s',
    '1.0 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 0 s',
    '1 h 0 min',
    '1 h 0 min',
    '2 h 1 min',
  ]);
});

test('100% means all', () => {
  expect(percent(999_999, 1_000_000)).toBe('99%');
  expect(percent(0, 0)).toBe('100%');
});

test('a hash keeps the end of both sums', () => {
  expect(shortHash('-1234567890:42')).toBe('…567890:42');
});

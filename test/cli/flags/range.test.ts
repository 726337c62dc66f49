import { describe, expect, test } from 'vitest';
import { toRange } from '../../../src/cli/flags/range.js';
import { UsageError } from '../../../src/cli/usage.js';

const KEY = '7d444840-9dc0-11d1-b245-5ffdce74fad2';

describe('a range', () => {
  test('of batches has both ends', () => {
    expect(toRange({ batches: '120..140' }, 'run')).toEqual({ batches: { from: 120, to: 140 } });
    expect(toRange({ batches: '7' }, 'run')).toEqual({ batches: { from: 7, to: 7 } });
  });

  test('of keys may be open, and is in lower case', () => {
    expect(toRange({ from: KEY.toUpperCase() }, 'run')).toEqual({ keys: { from: KEY, to: undefined } });
    expect(toRange({ to: KEY }, 'run')).toEqual({ keys: { from: undefined, to: KEY } });
  });

  test.each([
    ['2025-03-01', '2025-03-01T00:00:00Z'],
    ['2025-03-01T12:30', '2025-03-01T12:30Z'],
    ['2025-03-01 12:30:05', '2025-03-01T12:30:05Z'],
    ['2025-03-01T12:30+02:00', '2025-03-01T12:30+02:00'],
    ['2025-03-01T12:30Z', '2025-03-01T12:30Z'],
    ['2025-03-01T12:30:05.123456+02:00', '2025-03-01T12:30:05.123456+02:00'],
  ])('since %s is %s, whatever the time zone here', (text, since) => {
    expect(toRange({ since: text }, 'run')).toEqual({ since });
  });

  test('is everything when nothing is named', () => {
    expect(toRange({}, 'run')).toEqual({});
  });

  test.each([
    { batches: '' },
    { batches: '1..' },
    { batches: '-1' },
    { batches: '1...3' },
    { batches: '9999999999' },
    { from: '' },
    { to: `${KEY}0` },
    { since: '' },
    { since: '12:30' },
    { since: '2025-03-01T25:00' },
    { since: '2025-03-01T12:00 Europe/Berlin' },
    { batches: '1', to: KEY },
    { since: '2025-03-01', from: KEY },
  ])('is refused: %j', (raw) => {
    expect(() => toRange(raw, 'run')).toThrow(UsageError);
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { KeyRange, successor, tile } from '../../src/keys/key-range.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
const toUuid = (digits: string) =>
  [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
const uuid = fc.oneof(
  hex.map(toUuid),
  fc.constantFrom(
    FIRST,
    LAST,
    '00000000-0000-0000-0000-000000000001',
    '00ffffff-ffff-ffff-ffff-ffffffffffff',
  ),
);
const range = fc.tuple(fc.option(uuid), fc.option(uuid)).map(([from, to]) => new KeyRange(from, to));

test('tiles cover every key exactly once', () => {
  fc.assert(
    fc.property(fc.array(uuid), fc.array(uuid), (bounds, keys) => {
      const tiles = tile(bounds);
      expect(tiles).toHaveLength(new Set(bounds).size + 1);
      expect([tiles[0]?.from, tiles.at(-1)?.to]).toEqual([null, null]);
      for (const key of [...keys, ...bounds, FIRST, LAST])
        expect(tiles.filter((one) => one.contains(key))).toHaveLength(1);
      const inOrder = tiles.slice(1).every((one, index) => one.from === tiles[index]?.to && !one.isEmpty);
      expect(inOrder).toBe(true);
    }),
  );
});

test('an intersection covers what both cover', () => {
  fc.assert(
    fc.property(range, range, uuid, (a, b, key) => {
      const both = a.intersect(b);
      expect(both.contains(key)).toBe(a.contains(key) && b.contains(key));
      if (both.isEmpty) expect(both.contains(key)).toBe(false);
      expect(a.intersect(KeyRange.ALL)).toEqual(a);
    }),
  );
});

test('a span goes from one beginning to the other end', () => {
  const [first, second, third] = tile(['1', '2']) as [KeyRange, KeyRange, KeyRange];
  expect(first.spanTo(third)).toEqual(KeyRange.ALL);
  expect(first.spanTo(second)).toEqual(new KeyRange(null, '2'));
});

test('between a key and its successor there is no other key', () => {
  fc.assert(
    fc.property(
      uuid.filter((key) => key !== LAST),
      (key) => {
        const next = successor(key);
        const number = (text: string | null) => BigInt(`0x${text?.replaceAll('-', '')}`);
        expect(number(next) - number(key)).toBe(1n);
        expect(next).toHaveLength(36);
        const only = new KeyRange(key, next);
        expect([only.contains(key), only.contains(next ?? '')]).toEqual([true, false]);
      },
    ),
  );
  expect(successor(LAST)).toBeNull();
});

describe('on a server', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession((await createTestDatabase('ranges')).url);
  });

  test('keys have the same order, and ranges hold the same keys', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(uuid, { minLength: 20, maxLength: 60 }),
        fc.array(range, { minLength: 1, maxLength: 10 }),
        async (keys, ranges) => {
          const list = keys.join(',');
          const conditions = ranges.map(
            (one, index) =>
              `array_to_string(array_agg(k order by k) filter (where ${one.condition('k')}), ',') as r${index}`,
          );
          const row = await session.one(
            `select array_to_string(array_agg(k order by k), ',') as sorted, ${conditions.join(', ')}
             from unnest(string_to_array($1::text, ',')::uuid[]) as k`,
            [list],
          );
          const sorted = [...keys].sort();
          expect(row.sorted).toBe(sorted.join(','));
          ranges.forEach((one, index) => {
            expect(row[`r${index}`] ?? '').toBe(sorted.filter((key) => one.contains(key)).join(','));
          });
        },
      ),
      { numRuns: 20 },
    );
  });
});
